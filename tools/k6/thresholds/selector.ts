/** Which samples a threshold is about: a metric's name, and the tags its samples must carry. */
import type { Tags } from "../metrics/mod.ts";

export interface Selector {
  metric: string;
  /** All must match; none: every sample of the metric. */
  tags: readonly (readonly [name: string, value: string])[];
}

/** Why a text is no selector. */
export class SelectorError extends Error {
  override readonly name = "SelectorError";
}

/**
 * Reads `metric` or `metric{tag:value,tag:value}`. A value may hold colons, and in quotes also
 * commas and braces.
 *
 * @throws {SelectorError} Saying what is wrong with it.
 *
 * ```ts
 * parseSelector("http_req_duration{name:GetMetric}").tags; // [["name", "GetMetric"]]
 * ```
 */
export function parseSelector(text: string): Selector {
  const brace = text.indexOf("{");
  if (brace < 0) return { metric: text.trim(), tags: [] };
  const metric = text.slice(0, brace).trim();
  const rest = text.slice(brace + 1).trimEnd();
  if (!rest.endsWith("}")) {
    throw new SelectorError(`must end with }, such as ${metric}{name:GetMetric}`);
  }
  const tags = splitAtCommas(rest.slice(0, -1)).map(parseTag);
  return { metric, tags };
}

/** Whether a sample with these tags is one of the selector's. */
export function matches(selector: Selector, tags: Tags): boolean {
  for (const [name, value] of selector.tags) {
    if (tags[name] !== value) return false;
  }
  return true;
}

function parseTag(text: string): readonly [string, string] {
  const colon = text.indexOf(":");
  const name = unquote(text.slice(0, colon < 0 ? text.length : colon));
  if (colon < 0 || name === "") {
    throw new SelectorError(`tag ${JSON.stringify(text.trim())} must be name:value`);
  }
  return [name, unquote(text.slice(colon + 1))];
}

function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let quote = "", part = "";
  for (const char of text) {
    if (quote !== "") {
      if (char === quote) quote = "";
    } else if ((char === '"' || char === "'") && /(^|:)\s*$/.test(part)) {
      quote = char;
    } else if (char === ",") {
      parts.push(part);
      part = "";
      continue;
    }
    part += char;
  }
  if (quote !== "") throw new SelectorError(`quote ${quote} must be closed`);
  return [...parts, part];
}

function unquote(text: string): string {
  const bare = text.trim();
  const quoted = /^(["'])(.*)\1$/s.exec(bare);
  return quoted === null ? bare : quoted[2];
}
