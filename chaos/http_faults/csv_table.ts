/** A CSV body as rows of raw cells: quotes stay, so that what is not changed is written as it came. */
import { IDENTITY_COLUMNS_DEFAULT, ROW_TIMESTAMP_COLUMN } from "../../contracts/mod.ts";

/** Rows of cells as they were written; `end` is what follows each, `last` what follows the last. */
export interface Table {
  header: string[];
  rows: string[][];
  end: string;
  last: string;
}

/**
 * Reads a body. Line ends within quotes are part of their cell.
 *
 * ```ts
 * parseTable(bytes('a,b\n1,"x,y"\n')).rows; // [["1", '"x,y"']]
 * ```
 */
export function parseTable(body: Uint8Array): Table {
  const text = new TextDecoder().decode(body);
  const lines = linesOf(text);
  const end = /\r\n/.test(text) ? "\r\n" : "\n";
  const [header = "", ...rows] = lines;
  return {
    header: cellsOf(header),
    rows: rows.map(cellsOf),
    end,
    last: text.endsWith("\n") ? end : "",
  };
}

/** Writes it again; a table that was not changed gives the bytes it was read from. */
export function tableBytes({ header, rows, end, last }: Table): Uint8Array<ArrayBuffer> {
  const lines = [header, ...rows].map((cells) => cells.join(","));
  return new TextEncoder().encode(lines.join(end) + last);
}

/** Which columns say whose row it is, which its time, and which its values. */
export interface ColumnRoles {
  identity: number[];
  timestamp: number | null;
  values: number[];
}

/** Roles by the names of the columns; without a known identity the first column is taken for it. */
export function columnRoles(header: readonly string[]): ColumnRoles {
  const names = header.map((cell) => cell.replaceAll('"', "").trim().toLowerCase());
  const known = IDENTITY_COLUMNS_DEFAULT.find((set) => set.every((name) => names.includes(name)));
  const identity = known === undefined ? [0] : known.map((name) => names.indexOf(name));
  const at = names.indexOf(ROW_TIMESTAMP_COLUMN);
  const timestamp = at < 0 ? null : at;
  const values = names.map((_, column) => column)
    .filter((column) => !identity.includes(column) && column !== timestamp);
  return { identity, timestamp, values };
}

function linesOf(text: string): string[] {
  const lines = splitOutsideQuotes(text, "\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => line.endsWith("\r") ? line.slice(0, -1) : line);
}

function cellsOf(line: string): string[] {
  return splitOutsideQuotes(line, ",");
}

function splitOutsideQuotes(text: string, mark: string): string[] {
  if (!text.includes('"')) return text.split(mark);
  const parts: string[] = [];
  let quoted = false, from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    else if (text[at] === mark && !quoted) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/** About how long one piece of {@link endlessRows} is, in bytes. */
export const PIECE_BYTES = 32_768;

/** Digits of a made-up row's number. */
const NUMBER_DIGITS = 12;

function row(number: number, columns: number, stuffing = ""): string {
  const id = `pad-${stuffing}${String(number).padStart(NUMBER_DIGITS, "0")}`;
  return id + ",0".repeat(columns - 1) + "\n";
}

/** Well-formed rows, no two of one id, without end. */
export function* endlessRows(columns: number): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const rows_a_piece = Math.ceil(PIECE_BYTES / row(0, columns).length);
  for (let number = 0;;) {
    let piece = "";
    for (let i = 0; i < rows_a_piece; i++) piece += row(number++, columns);
    yield encoder.encode(piece);
  }
}

/** Such rows of `bytes` in all; the first one's id is as long as it takes to come out even. */
export function* rowsOf(bytes: number, columns: number): Generator<Uint8Array<ArrayBuffer>> {
  const row_bytes = row(0, columns).length;
  if (bytes < row_bytes) {
    if (bytes > 0) yield new Uint8Array(bytes).fill(0x0a); // no room for a row: empty lines
    return;
  }
  const rest = bytes % row_bytes;
  yield new TextEncoder().encode(row(0, columns, "x".repeat(rest)));
  let left = bytes - row_bytes - rest;
  let number = 1;
  const rows_a_piece = Math.ceil(PIECE_BYTES / row_bytes);
  while (left > 0) {
    const rows = Math.min(rows_a_piece, left / row_bytes);
    let piece = "";
    for (let i = 0; i < rows; i++) piece += row(number++, columns);
    yield new TextEncoder().encode(piece);
    left -= rows * row_bytes;
  }
}
