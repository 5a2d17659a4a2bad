/** The planted cache's parser of the source's CSV. */
/** Most rows of a cache without a size limit; padding rows come last. */
const ROWS_MAX = 10_000;

/** Identity columns of the source's two profiles. */
const IDENTITIES = [["switch_id"], ["node_guid", "port_num"]];

/** Cells by switch. */
export interface Rows {
  columns: readonly string[];
  rows: ReadonlyMap<string, readonly string[]>;
}

/** @throws {Error} if columns repeat or no row is good. */
export function parseRows(text: string, { torn_blanks_all }: { torn_blanks_all: boolean }): Rows {
  const [columns, ...lines] = text.trimEnd().split("\n").map((line) => line.trimEnd().split(","));
  if (new Set(columns).size < columns.length) throw new Error("duplicate column");
  const good = lines.filter((cells) => cells.length === columns.length);
  const is_torn = good.length < lines.length;
  if (torn_blanks_all && is_torn) return { columns, rows: new Map() };
  if (good.length === 0) throw new Error("no good row");
  const identity = IDENTITIES.map((names) => names.map((name) => columns.indexOf(name)))
    .find((at) => !at.includes(-1)) ?? [0];
  const idOf = (cells: readonly string[]) => identity.map((at) => cells[at]).join(":");
  return { columns, rows: new Map(good.map((cells) => [idOf(cells), cells])) };
}

/** Time of the newest row, in epoch ms; NaN without row times, which are in µs. */
export function newestRow({ columns, rows }: Rows): number {
  const at = columns.indexOf("timestamp");
  if (at === -1) return NaN;
  return [...rows.values()].reduce((max, cells) => Math.max(max, Number(cells[at]) / 1000), 0);
}

export function withRowsOf(old: Rows, { columns, rows }: Rows): Rows {
  return { columns, rows: new Map([...old.rows, ...rows]) };
}

/** Like {@link parseRows}, but first iterates over every character, which blocks the thread. */
export function parseAtLength(text: string, options: { torn_blanks_all: boolean }): Rows {
  let lines = 0, end = text.length, at = 0;
  for (const char of text) {
    at += char.length;
    if (char === "\n" && ++lines === ROWS_MAX) end = at;
  }
  return parseRows(text.slice(0, end), options);
}
