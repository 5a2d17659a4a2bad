/** `response.json("a.b.0.c")`: the common paths of GJSON. */
import { NotSupported } from "../script/errors.ts";

/**
 * Follows names and array positions separated by dots. `\.` is a dot in a name; a last `#` is an
 * array's length, an earlier one collects from each element; `*` and `?` are wildcards in names.
 * Undefined if the path does not exist.
 * @throws {NotSupported} for queries and modifiers, which are not supported.
 */
export function selectJson(value: unknown, selector: string): unknown {
  return walk(value, split(selector), 0);
}

function split(selector: string): string[] {
  const steps = [""];
  for (let i = 0; i < selector.length; i++) {
    const char = selector[i];
    if (char === "\\" && i + 1 < selector.length) steps[steps.length - 1] += "\\" + selector[++i];
    else if (char === "." || (char === "|" && steps.at(-1) !== "")) steps.push("");
    else steps[steps.length - 1] += char;
  }
  return steps;
}

function walk(value: unknown, steps: readonly string[], at: number): unknown {
  if (at === steps.length) return value;
  const step = steps[at];
  if (/^(#\(|@|\{|\[|!)/.test(step)) {
    throw new NotSupported(
      `response.json: the selector's "${step}" is not supported by this runner: ` +
        "use names, positions, #, * and ?",
    );
  }
  if (value === null || typeof value !== "object") return undefined;
  if (Array.isArray(value)) {
    if (step !== "#") {
      return /^\d+$/.test(step) ? walk(value[Number(step)], steps, at + 1) : undefined;
    }
    if (at + 1 === steps.length) return value.length;
    return value.map((item) => walk(item, steps, at + 1)).filter((found) => found !== undefined);
  }
  const name = keyOf(value, step);
  return name === undefined
    ? undefined
    : walk((value as Record<string, unknown>)[name], steps, at + 1);
}

/** The object's first own key that matches the step. */
function keyOf(value: object, step: string): string | undefined {
  if (!/(?<!\\)[*?]/.test(step)) {
    const name = step.replace(/\\(.)/g, "$1");
    return Object.hasOwn(value, name) ? name : undefined;
  }
  const pattern = step.replace(/\\?./gs, (char) => {
    if (char === "*") return ".*";
    if (char === "?") return ".";
    return (char.length === 2 ? char[1] : char).replace(/[^\w]/, "\\$&");
  });
  const matching = new RegExp(`^${pattern}$`, "s");
  return Object.keys(value).find((key) => matching.test(key));
}
