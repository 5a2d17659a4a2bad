/** Rows of the source's CSV, good ones kept; or as careless as asked for. */

/** What a cache holds. */
export interface Snapshot extends Rows {
  id: string;
}

/** Cells by switch. */
export interface Rows {
  columns: readonly string[];
  rows: ReadonlyMap<string, readonly string[]>;
}

/** @throws {Error} where columns repeat, or no row is good. */
export function parseRows(text: string, { torn_blanks_all }: { torn_blanks_all: boolean }): Rows {
  const [columns, ...lines] = text.trimEnd().split("\n").map((line) => line.trimEnd().split(","));
  if (new Set(columns).size < columns.length) throw new Error("a column stands there twice");
  const good = lines.filter((cells) => cells.length === columns.length);
  const is_torn = good.length < lines.length;
  if (torn_blanks_all && is_torn) return { columns, rows: new Map() };
  if (good.length === 0) throw new Error("no good row");
  return { columns, rows: new Map(good.map((cells) => [cells[0], cells])) };
}

/** Rows a cache looks at that has no limit of bytes: made-up ones come last. */
const ROWS_MAX = 10_000;

/** The same after a look at every single character, however many there are: nothing else runs. */
export function parseAtLength(text: string, options: { torn_blanks_all: boolean }): Rows {
  let lines = 0, end = text.length, at = 0;
  for (const char of text) {
    at += char.length;
    if (char === "\n" && ++lines === ROWS_MAX) end = at;
  }
  return parseRows(text.slice(0, end), options);
}
