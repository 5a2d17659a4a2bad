/** The header row: names of the columns, which of them identify a row, which carry values. */
import { IDENTITY_COLUMNS_DEFAULT, ROW_TIMESTAMP_COLUMN } from "../../contracts/mod.ts";
import { COLUMNS_MAX } from "./limits.ts";
import { ParseError } from "./parse_error.ts";
import { newRowScan, scanRow } from "./row_scanner.ts";
import { cellText, textOf } from "./text.ts";

/** A value column. */
export interface Field {
  readonly name: string;
  readonly column: number;
}

/** What the header row says. Structured-cloneable. */
export interface Header {
  /** All columns, in the source's order. */
  readonly names: readonly string[];
  /** Columns whose cells, joined by `:`, identify a row. */
  readonly identity: readonly number[];
  /** Column of the row's own time in epoch microseconds, or -1. */
  readonly timestamp: number;
  /** Every column that is not part of the identity. */
  readonly fields: readonly Field[];
}

/**
 * Names in the header line at `bytes[from, end)`; the line end may be included.
 *
 * @throws {ParseError} `html`, `json`, `no_id_column` (a broken quote), `too_many_columns`
 */
export function readHeaderNames(bytes: Uint8Array, from: number, end: number): string[] {
  rejectForeignFormat(bytes, from, end);
  const line = bytes.slice(from, end + 1);
  line[end - from] = 0;
  const cells = new Uint32Array(COLUMNS_MAX + 1);
  const scan = newRowScan();
  scanRow(line, end - from, 0, true, COLUMNS_MAX, cells, 0, scan);
  if (scan.verdict === "quote") {
    throw new ParseError("no_id_column", `header row has a broken quote: ${excerpt(line)}`);
  }
  if (scan.cell_count > COLUMNS_MAX) {
    throw new ParseError(
      "too_many_columns",
      `header row has ${scan.cell_count} columns: at most ${COLUMNS_MAX} are read`,
    );
  }
  // Once more with the exact count, which makes the scanner write the closing sentinel.
  scanRow(line, end - from, 0, true, scan.cell_count, cells, 0, scan);
  return Array.from(
    { length: scan.cell_count },
    (_, c) => cellText(line, cells[c], cells[c + 1] - 1).trim(),
  );
}

/**
 * Tells identity from value columns. `id_columns` empty: the first of
 * {@link IDENTITY_COLUMNS_DEFAULT} that is there whole. Names match in any case.
 *
 * @throws {ParseError} `repeated_column`, `no_id_column`
 */
export function readHeader(names: readonly string[], id_columns: readonly string[]): Header {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) {
      throw new ParseError("repeated_column", `column ${JSON.stringify(name)} comes twice`);
    }
    seen.add(name);
  }
  const lower = names.map((name) => name.toLowerCase());
  const identity = findIdentity(lower, id_columns);
  if (identity === null) {
    const wanted = id_columns.length > 0
      ? `ID_COLUMNS=${id_columns.join(",")}`
      : IDENTITY_COLUMNS_DEFAULT.map((set) => set.join("+")).join(" | ");
    throw new ParseError(
      "no_id_column",
      `no identity column in ${JSON.stringify(names.slice(0, 8).join(","))}: expected ${wanted}`,
    );
  }
  return {
    names,
    identity,
    timestamp: lower.indexOf(ROW_TIMESTAMP_COLUMN),
    fields: names.map((name, column) => ({ name, column }))
      .filter(({ column }) => !identity.includes(column)),
  };
}

function findIdentity(lower: string[], id_columns: readonly string[]): number[] | null {
  const candidates = id_columns.length > 0 ? [id_columns] : IDENTITY_COLUMNS_DEFAULT;
  for (const set of candidates) {
    const columns = set.map((name) => lower.indexOf(name.toLowerCase()));
    if (!columns.includes(-1)) return columns;
  }
  return null;
}

function rejectForeignFormat(bytes: Uint8Array, from: number, end: number): void {
  let i = from;
  while (i < end && bytes[i] <= 32) i++;
  const first = String.fromCharCode(bytes[i]);
  if (first === "<") {
    throw new ParseError("html", `a page instead of CSV: ${excerpt(bytes.subarray(i, end))}`);
  }
  if (first === "{" || first === "[") {
    throw new ParseError("json", `JSON instead of CSV: ${excerpt(bytes.subarray(i, end))}`);
  }
}

function excerpt(bytes: Uint8Array): string {
  return JSON.stringify(textOf(bytes, 0, Math.min(bytes.length, 60)));
}
