/** The header row: column names, identity columns, value columns. */
import {
  AGGREGATED_PORT_COLUMN,
  IDENTITY_COLUMNS_DEFAULT,
  PORT_TYPE_COLUMN,
  SWITCH_ID_COLUMN,
} from "../../contracts/mod.ts";
import { textOf, trimmedText } from "./cell_table.ts";
import { EXCERPT_MAX, ParseError } from "./rejection.ts";
import { type RowScan, scannerOf } from "./row_scanner.ts";

/** Most columns. UFM's widest sets have about 200. */
export const COLUMNS_MAX = 4096;

const SPACE = 32;

/** Names of repeated columns that are reported. */
const REPEATED_REPORTED_MAX = 20;

export interface Field {
  readonly name: string;
  readonly column: number;
}

/** A parsed header row. Structured-cloneable. */
export interface Header {
  /** All columns, in the source's order. */
  readonly names: readonly string[];
  /** Columns up to the last one with a name; rows may lack the nameless ones after it. */
  readonly named: number;
  /**
   * Alternative sets of columns whose cells, joined by `:`, identify a row. A row takes the first
   * set without an empty cell.
   */
  readonly identities: readonly (readonly number[])[];
  /** Set that a row of `port_type` 4, an aggregated port of UFM XDR, takes first, or -1. */
  readonly aggregated: number;
  /** Column of the port's type, or -1. */
  readonly port_type: number;
  /** Pairs of an identity column and a column of the same name: they must agree. */
  readonly twins: readonly (readonly [identity: number, other: number])[];
  /** Names that several columns have, which are left out; the first few. */
  readonly repeated: readonly string[];
  /**
   * Value columns: all but the first identity, repeated and nameless columns, and a column named
   * `switch_id`, which is the identity's name in answers.
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
 * Names in the header row that begins at `start`, or null if more bytes are needed. `scan.next` is
 * then the first byte after the row. A quoted name may contain delimiters and line ends.
 *
 * @throws {ParseError} `no_id_column` (a broken quote), `too_many_columns`
 */
export function readHeaderNames(
  bytes: Uint8Array,
  length: number,
  start: number,
  final: boolean,
  scan: RowScan,
): string[] | null {
  const cells = new Uint32Array(COLUMNS_MAX + 1);
  const scanRow = scannerOf(scan.delimiter);
  scanRow(bytes, length, start, final, COLUMNS_MAX, cells, 0, scan);
  if (scan.verdict === "incomplete") return null;
  if (scan.verdict === "quote") throw brokenHeaderQuote(bytes, start, scan.next);
  const { cell_count } = scan;
  if (cell_count > COLUMNS_MAX) {
    throw new ParseError(
      "too_many_columns",
      `header row has ${cell_count} columns: at most ${COLUMNS_MAX} are read`,
    );
  }
  // With the exact count, the scanner also writes the closing sentinel.
  scanRow(bytes, length, start, final, cell_count, cells, 0, scan);
  return Array.from(
    { length: cell_count },
    (_, c) => trimmedText(bytes, cells[c], cells[c + 1] - 1),
  );
}

/** Error for a header row whose line is `bytes[start, end)`. */
export function brokenHeaderQuote(bytes: Uint8Array, start: number, end: number): ParseError {
  while (end > start && bytes[end - 1] <= SPACE) end--;
  return new ParseError(
    "no_id_column",
    `header row has a broken quote: ${excerpt(bytes, start, end)}`,
  );
}

/**
 * Separates identity and value columns. Without `id_columns`, the sets are
 * {@link IDENTITY_COLUMNS_DEFAULT}. Identity columns match in any case.
 *
 * @param id_columns Alternative sets of identity columns, in order; empty for the default.
 * @throws {ParseError} `no_id_column`
 */
export function readHeader(
  names: readonly string[],
  id_columns: readonly (readonly string[])[],
): Header {
  const lower = names.map((name) => name.toLowerCase());
  const sets = id_columns.length > 0 ? id_columns : IDENTITY_COLUMNS_DEFAULT;
  const identities = sets
    .map((set) => set.map((name) => lower.indexOf(name.toLowerCase())))
    .filter((columns) => !columns.includes(-1));
  if (identities.length === 0) {
    throw new ParseError("no_id_column", noIdentity(names, id_columns));
  }
  const repeated = repeatedNames(names);
  const named = names.findLastIndex((name) => name !== "") + 1;
  return {
    names,
    named,
    identities,
    aggregated: identities.findIndex((columns) =>
      columns.includes(lower.indexOf(AGGREGATED_PORT_COLUMN))
    ),
    port_type: lower.indexOf(PORT_TYPE_COLUMN),
    twins: twinsOf(names, identities.flat()),
    repeated: [...repeated].slice(0, REPEATED_REPORTED_MAX),
    fields: names.map((name, column) => ({ name, column })).filter(({ name, column }) =>
      name !== "" && name !== SWITCH_ID_COLUMN && !repeated.has(name) &&
      !identities[0].includes(column)
    ),
  };
}

function noIdentity(
  names: readonly string[],
  id_columns: readonly (readonly string[])[],
): string {
  const wanted = id_columns.length > 0
    ? `ID_COLUMNS=${id_columns.map((set) => set.join(",")).join("|")}`
    : IDENTITY_COLUMNS_DEFAULT.map((set) => set.join("+")).join(" | ");
  const found = `no identity column in ${shown(names.join(","))}: expected ${wanted}`;
  const other = names.length === 1 ? /[,;\t|]/.exec(names[0])?.[0] : undefined;
  if (other === undefined) return found;
  if (other === ",") return `${found}; the line sep= before it names another delimiter`;
  return `${found}; cells are separated by commas, unless a first line sep=${
    other === "\t" ? "<tab>" : other
  } names another character`;
}

/** Names of two or more columns. Nameless ones are ignored: spreadsheets leave `,,` behind. */
function repeatedNames(names: readonly string[]): Set<string> {
  const seen = new Set([""]);
  return new Set(names.filter((name) => name !== "" && seen.size === seen.add(name).size));
}

/** Each identity column with every other column of its name. */
function twinsOf(
  names: readonly string[],
  identity: readonly number[],
): (readonly [number, number])[] {
  return [...new Set(identity)].flatMap((column) =>
    names.flatMap((name, other) =>
      other !== column && name === names[column] ? [[column, other] as const] : []
    )
  );
}

export function excerpt(bytes: Uint8Array, start: number, end: number): string {
  return JSON.stringify(textOf(bytes, start, Math.min(end, start + EXCERPT_MAX)));
}

function shown(text: string): string {
  return JSON.stringify(text.length > EXCERPT_MAX ? `${text.slice(0, EXCERPT_MAX)}…` : text);
}
