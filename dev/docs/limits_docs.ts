/** Finds the named limits in source files: docs/limits.md lists them all. Pure. */

/** A limit: a constant that is a number and by its name a bound. */
export interface Limit {
  /** For example `QUERY_CHARS_MAX`. */
  name: string;
  value: number;
  /** First sentence of its comment. */
  meaning: string;
}

const LIMIT = /\/\*\*((?:(?!\*\/)[^])*)\*\/\n(?:export )?const ([A-Z0-9_]+) = ([0-9_.* ]+);/g;

/** Names of bounds: a maximum, or the size of something of fixed size. */
const IS_LIMIT = /_MAX(_PCT)?$|_RING_BYTES$|_WINDOW_SAMPLES$/;

/** Bounds that no user can reach: lengths of encodings, shape of generated data, tuning. */
const NOT_MET: ReadonlySet<string> = new Set([
  "UINT32_DIGITS_MAX",
  "UINT64_DIGITS_MAX",
  "ROW_LAG_US_MAX",
  "ATOMIC_BYTES_MAX",
  "EPOCH_MS_MAX",
  "LINE_END_BYTES_MAX",
  "ESCAPED_BYTES_MAX",
  "SHORT_TEXT_BYTES_MAX",
  "OVERSIZE_MAX",
  "DOUBLINGS_MAX",
]);

/**
 * Limits in a source text, in its order.
 *
 * ```ts
 * limitsIn(source)[0]; // { name: "LINE_BYTES_MAX", value: 2048, meaning: "Longest line" }
 * ```
 */
export function limitsIn(source: string): Limit[] {
  return [...source.matchAll(LIMIT)]
    .filter(([, , name]) => IS_LIMIT.test(name) && !NOT_MET.has(name))
    .map(([, comment, name, value]) => ({
      name,
      value: product(value),
      meaning: firstSentence(comment),
    }));
}

/** A Markdown table of the limits of each folder. */
export function limitsTable(folders: Record<string, readonly Limit[]>): string {
  const rows = Object.entries(folders).flatMap(([folder, limits]) =>
    limits.map(({ name, value, meaning }) =>
      `| \`${name}\` | ${value.toLocaleString("en-US")} | ${folder} | ${meaning} |`
    )
  );
  return ["| Limit | Value | In | Meaning |", "|---|---|---|---|", ...rows].join("\n");
}

/** The constants are numbers and products of numbers: nothing else is evaluated. */
function product(expression: string): number {
  return expression
    .split("*")
    .map((factor) => Number(factor.trim().replaceAll("_", "")))
    .reduce((a, b) => a * b);
}

function firstSentence(comment: string): string {
  const text = comment.replaceAll(/\n\s*\*/g, " ").replaceAll(/\s+/g, " ").trim();
  return (/^(.*?[.;:])(?= |$)/.exec(text)?.[1] ?? text)
    .replace(/[.;:]$/, "")
    .replaceAll(/\{@link (\w+)\}/g, "`$1`");
}
