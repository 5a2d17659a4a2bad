/** Settings that a program ignores although they look like its own. */
import { nearest } from "../nearest.ts";

/** A variable or a line of `.env` that is ignored, in one sentence. */
export interface Ignored {
  /** Name of the variable; absent for a line. */
  readonly variable?: string;
  /** Line of `.env`, counted from 1; absent for a variable. */
  readonly line?: number;
  readonly detail: string;
}

/** Variables of other programs that share the environment, and are near names of this one. */
const OF_OTHERS = [
  "DATA_PORT",
  "DATA_PORTS",
  "METRICS_PORT",
  "STATS_PORT",
  "REDIS_PORT",
  "LOG_FORMAT",
  "SSL_CERT_FILE",
];

/** Variables that are not in `own`, but near one of them. Pure. */
export function nearMisses(names: Iterable<string>, own: readonly string[]): Ignored[] {
  const known = [...own, ...OF_OTHERS];
  return [...names].filter((name) => !known.includes(name)).sort().flatMap((variable) => {
    const meant = nearest(variable, known);
    if (meant === undefined || !own.includes(meant)) return [];
    return [{ variable, detail: `${variable} is not a variable: did you mean ${meant}?` }];
  });
}

const ASSIGNMENT = /^\s*(export\s+)?[A-Za-z_][\w.-]*\s*=/;
const QUOTED = /^([ \t]*(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*=[ \t]*)(["'`])[\s\S]*?\2/gm;
const BLANK = /^\s*(#.*)?$/;

/** Lines of a `.env` file that are neither `NAME=value`, a comment nor blank. Pure. */
export function brokenLines(content: string): Ignored[] {
  // Quoted values may have several lines; these are no lines of their own.
  const lines = content.replace(/^\uFEFF/, "")
    .replace(QUOTED, (text, start) => start + "\n".repeat(text.split("\n").length - 1))
    .split(/\r?\n/);
  return lines.flatMap((text, index) => {
    if (BLANK.test(text) || ASSIGNMENT.test(text)) return [];
    // The text is not shown, because it may hold a password.
    const detail = `.env line ${index + 1}: must be NAME=value or a # comment`;
    return [{ line: index + 1, detail }];
  });
}
