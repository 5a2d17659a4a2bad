/** Which modules a script imports, where, and under which names. */
import type { Token } from "./tokens.ts";

/** One `import` or `export … from`, or an `import("…")` of a literal. */
export interface ModuleImport {
  readonly specifier: string;
  /** Offsets of the specifier in the source, quotes included. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly is_dynamic: boolean;
  /** Local names of the whole module: `import x from`, `import * as x from`. */
  readonly whole: readonly string[];
  /** Single exports: what the module calls them, and their local names. */
  readonly named: readonly (readonly [imported: string, local: string])[];
}

/**
 * ```ts
 * findImports(tokenize(`import http from "k6/http";`))[0].specifier; // "k6/http"
 * ```
 */
export function findImports(tokens: readonly Token[]): ModuleImport[] {
  const found: ModuleImport[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token.kind !== "word" || tokens[at - 1]?.text === ".") continue;
    const one = token.text === "import"
      ? readImport(tokens, at)
      : token.text === "export"
      ? readExport(tokens, at)
      : null;
    if (one !== null) found.push(one);
  }
  return found;
}

function readImport(tokens: readonly Token[], at: number): ModuleImport | null {
  const next = tokens[at + 1];
  if (next === undefined || next.text === ".") return null;
  if (next.kind === "string") return found(next, false, []);
  if (next.text === "(") {
    const specifier = tokens[at + 2];
    return specifier?.kind === "string" ? found(specifier, true, []) : null;
  }
  const from = indexOfFrom(tokens, at + 1);
  return from < 0 ? null : found(tokens[from + 1], false, tokens.slice(at + 1, from));
}

function readExport(tokens: readonly Token[], at: number): ModuleImport | null {
  const next = tokens[at + 1]?.text;
  if (next !== "*" && next !== "{") return null;
  const from = indexOfFrom(tokens, at + 1);
  return from < 0 ? null : found(tokens[from + 1], false, []);
}

/** A clause holds words, commas, braces and stars only; anything else ends the search. */
function indexOfFrom(tokens: readonly Token[], start: number): number {
  for (let at = start; at < tokens.length - 1; at++) {
    const { kind, text } = tokens[at];
    if (text === "from" && tokens[at + 1].kind === "string") return at;
    if (kind !== "word" && kind !== "string" && !"{},*".includes(text)) return -1;
  }
  return -1;
}

function found(specifier: Token, is_dynamic: boolean, clause: readonly Token[]): ModuleImport {
  const { text, start, line } = specifier;
  return {
    specifier: text.slice(1, -1),
    start,
    end: start + text.length,
    line,
    is_dynamic,
    ...readClause(clause),
  };
}

function readClause(clause: readonly Token[]): Pick<ModuleImport, "whole" | "named"> {
  const whole: string[] = [], named: [string, string][] = [];
  let in_braces = false;
  for (let at = 0; at < clause.length; at++) {
    const { kind, text } = clause[at];
    if (text === "{" || text === "}") in_braces = text === "{";
    if (kind !== "word" || text === "as") continue;
    const renamed = clause[at + 1]?.text === "as" ? clause[at + 2].text : text;
    if (!in_braces) whole.push(text);
    else if (text === "default") whole.push(renamed);
    else named.push([text, renamed]);
    if (in_braces && renamed !== text) at += 2;
  }
  return { whole, named };
}
