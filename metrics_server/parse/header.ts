/** The header row: column names, identity columns, value columns. */
import { IDENTITY_COLUMNS_DEFAULT, SWITCH_ID_COLUMN } from "../../contracts/mod.ts";
import { cellText, textOf } from "./cell_table.ts";
import { EXCERPT_MAX, ParseError } from "./rejection.ts";
import { newRowScan, scanRow } from "./row_scanner.ts";

/** Most columns. UFM's widest sets have about 200. */
const COLUMNS_MAX = 4096;

export interface Field {
  readonly name: string;
  readonly column: number;
}

/** A parsed header row. Structured-cloneable. */
export interface Header {
  /** All columns, in the source's order. */
  readonly names: readonly string[];
  /** Columns whose cells, joined by `:`, identify a row. */
  readonly identity: readonly number[];
  /**
   * Value columns: all but the identity, nameless columns and a column named `switch_id`, which is
   * the identity's name in answers.
   */
  readonly fields: readonly Field[];
}

/**
 * Rejects a body by its first line, `bytes[start, end)`, if that is HTML or JSON.
 *
 * @throws {ParseError} `html`, `json`
 */
export function rejectForeignFormat(bytes: Uint8Array, start: number, end: number): void {
  const first = String.fromCharCode(bytes[start]);
  if (first === "<") {
    throw new ParseError("html", `a page instead of CSV: ${excerpt(bytes, start, end)}`);
  }
  if (first === "{" || first === "[") {
    throw new ParseError("json", `JSON instead of CSV: ${excerpt(bytes, start, end)}`);
  }
}

/**
 * Names in the header line `bytes[start, end)`, without its line end. A quoted name cannot contain
 * a line end.
 *
 * @throws {ParseError} `no_id_column` (a broken quote), `too_many_columns`
 */
export function readHeaderNames(bytes: Uint8Array, start: number, end: number): string[] {
  const length = end - start;
  const line = new Uint8Array(length + 1);
  line.set(bytes.subarray(start, end));
  const cells = new Uint32Array(COLUMNS_MAX + 1);
  const scan = newRowScan();
  scanRow(line, length, 0, true, COLUMNS_MAX, cells, 0, scan);
  if (scan.verdict === "quote") {
    throw new ParseError(
      "no_id_column",
      `header row has a broken quote: ${excerpt(line, 0, length)}`,
    );
  }
  if (scan.cell_count > COLUMNS_MAX) {
    throw new ParseError(
      "too_many_columns",
      `header row has ${scan.cell_count} columns: at most ${COLUMNS_MAX} are read`,
    );
  }
  // With the exact count, the scanner also writes the closing sentinel.
  scanRow(line, length, 0, true, scan.cell_count, cells, 0, scan);
  return Array.from(
    { length: scan.cell_count },
    (_, c) => cellText(line, cells[c], cells[c + 1] - 1).trim(),
  );
}

/**
 * Separates identity and value columns. Without `id_columns`, the identity is the first set of
 * {@link IDENTITY_COLUMNS_DEFAULT} of which every column is present. Identity columns match in any
 * case.
 *
 * @throws {ParseError} `repeated_column`, `no_id_column`
 */
export function readHeader(names: readonly string[], id_columns: readonly string[]): Header {
  rejectRepeated(names);
  const lower = names.map((name) => name.toLowerCase());
  const identity = findIdentity(lower, id_columns);
  if (identity === null) {
    const wanted = id_columns.length > 0
      ? `ID_COLUMNS=${id_columns.join(",")}`
      : IDENTITY_COLUMNS_DEFAULT.map((set) => set.join("+")).join(" | ");
    throw new ParseError(
      "no_id_column",
      `no identity column in ${shown(names.join(","))}: expected ${wanted}`,
    );
  }
  return {
    names,
    identity,
    fields: names.map((name, column) => ({ name, column })).filter(({ name, column }) =>
      name !== "" && name !== SWITCH_ID_COLUMN && !identity.includes(column)
    ),
  };
}

function rejectRepeated(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    // Nameless columns are ignored: spreadsheets leave `,,` behind when cells are deleted.
    if (name !== "" && seen.has(name)) {
      throw new ParseError("repeated_column", `column ${shown(name)} comes twice`);
    }
    seen.add(name);
  }
}

function findIdentity(lower: string[], id_columns: readonly string[]): number[] | null {
  const candidates = id_columns.length > 0 ? [id_columns] : IDENTITY_COLUMNS_DEFAULT;
  for (const set of candidates) {
    const columns = set.map((name) => lower.indexOf(name.toLowerCase()));
    if (!columns.includes(-1)) return columns;
  }
  return null;
}

function excerpt(bytes: Uint8Array, start: number, end: number): string {
  return JSON.stringify(textOf(bytes, start, Math.min(end, start + EXCERPT_MAX)));
}

function shown(text: string): string {
  return JSON.stringify(text.length > EXCERPT_MAX ? `${text.slice(0, EXCERPT_MAX)}…` : text);
}
