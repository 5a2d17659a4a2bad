/** Whether a script waits without `await`: then each of its VUs needs a thread of its own. */
import type { ModuleImport } from "./imports.ts";
import type { Token } from "./tokens.ts";

/** Functions that return only when their answer is there or their time is over. */
const BLOCKING: Readonly<Record<string, ReadonlySet<string>>> = {
  "k6": new Set(["sleep"]),
  "k6/http": new Set(
    ["batch", "del", "get", "head", "options", "patch", "post", "put", "request"],
  ),
};

/** The first blocking call of a module. */
export interface BlockingCall {
  /** `http.get`. */
  readonly call: string;
  readonly line: number;
}

/**
 * Looks at names only: a call through another variable than the import's own is not seen.
 *
 * ```ts
 * const tokens = tokenize(`import http from "k6/http";\nhttp.get("http://127.0.0.1");`);
 * findBlockingCall(tokens, findImports(tokens)); // { call: "http.get", line: 2 }
 * ```
 */
export function findBlockingCall(
  tokens: readonly Token[],
  imports: readonly ModuleImport[],
): BlockingCall | null {
  const modules = new Map<string, ReadonlySet<string>>(), functions = new Set<string>();
  for (const { specifier, whole, named } of imports) {
    const blocking = BLOCKING[specifier];
    if (blocking === undefined) continue;
    for (const name of whole) modules.set(name, blocking);
    for (const [imported, local] of named) if (blocking.has(imported)) functions.add(local);
  }
  for (let at = 0; at < tokens.length; at++) {
    const { kind, text, line } = tokens[at];
    if (kind !== "word" || tokens[at - 1]?.text === ".") continue;
    if (functions.has(text) && tokens[at + 1]?.text === "(") return { call: text, line };
    const blocking = modules.get(text);
    if (blocking === undefined) continue;
    const next = tokens[at + 1]?.text, member = tokens[at + 2]?.text;
    if (next === "[") return { call: `${text}[…]`, line }; // by a name known only when it runs
    if (next === "." && blocking.has(member)) return { call: `${text}.${member}`, line };
  }
  return null;
}
