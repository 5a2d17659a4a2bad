/** A CSV body as rows of raw cells, and rows that make a body longer. */
import { IDENTITY_COLUMNS_DEFAULT, ROW_TIME_COLUMNS } from "../../contracts/mod.ts";

/** Raw cells with their quotes; `end` follows each row, `last` follows the last one. */
interface Table {
  header: string[];
  rows: string[][];
  end: string;
  last: string;
}

/** Parses a body. A line end within quotes belongs to its cell. */
export function parseTable(body: Uint8Array): Table {
  const text = new TextDecoder().decode(body);
  const end = /\r\n/.test(text) ? "\r\n" : "\n";
  const lines = splitOutsideQuotes(text, "\n");
  if (lines.at(-1) === "") lines.pop();
  const [header = [""], ...rows] = lines
    .map((line) => splitOutsideQuotes(line.endsWith("\r") ? line.slice(0, -1) : line, ","));
  return { header, rows, end, last: text.endsWith("\n") ? end : "" };
}

/** Writes a table; an unchanged table gives the bytes it was parsed from. */
export function tableBytes({ header, rows, end, last }: Table): Uint8Array<ArrayBuffer> {
  const lines = [header, ...rows].map((cells) => cells.join(","));
  return new TextEncoder().encode(lines.join(end) + last);
}

/** Column indexes by role, from the names. The first column is the default identity. */
export function columnRoles(header: readonly string[]) {
  const names = header.map((cell) => cell.replaceAll('"', "").trim().toLowerCase());
  const known = IDENTITY_COLUMNS_DEFAULT.find((set) => set.every((name) => names.includes(name)));
  const identity = known === undefined ? [0] : known.map((name) => names.indexOf(name));
  const at = names.indexOf(ROW_TIME_COLUMNS[0]);
  const timestamp = at < 0 ? null : at;
  const values = names.map((_, column) => column)
    .filter((column) => !identity.includes(column) && column !== timestamp);
  return { identity, timestamp, values };
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

/** Approximate length of a piece of padding, in bytes. */
const PIECE_BYTES = 32_768;

/** Digits of a padding row's number. */
const NUMBER_DIGITS = 12;

function paddingRow(number: number, columns: number, filler = ""): string {
  const id = `pad-${filler}${String(number).padStart(NUMBER_DIGITS, "0")}`;
  return id + ",0".repeat(columns - 1) + "\n";
}

function paddingRows(from: number, count: number, columns: number): Uint8Array<ArrayBuffer> {
  const rows = Array.from({ length: count }, (_, i) => paddingRow(from + i, columns));
  return new TextEncoder().encode(rows.join(""));
}

/** Well-formed rows with distinct ids, without end. */
export function* endlessRows(columns: number): Generator<Uint8Array<ArrayBuffer>> {
  const count = Math.ceil(PIECE_BYTES / paddingRow(0, columns).length);
  for (let number = 0;; number += count) yield paddingRows(number, count, columns);
}

/** Such rows of exactly `bytes` in total; the first row's id takes the remainder. */
export function* rowsOf(bytes: number, columns: number): Generator<Uint8Array<ArrayBuffer>> {
  const row_bytes = paddingRow(0, columns).length;
  if (bytes < row_bytes) {
    if (bytes > 0) yield new Uint8Array(bytes).fill(0x0a); // too short for a row: empty lines
    return;
  }
  const rows = Math.floor(bytes / row_bytes);
  const filler = "x".repeat(bytes % row_bytes);
  yield new TextEncoder().encode(paddingRow(0, columns, filler));
  const rows_per_piece = Math.ceil(PIECE_BYTES / row_bytes);
  for (let number = 1; number < rows; number += rows_per_piece) {
    yield paddingRows(number, Math.min(rows_per_piece, rows - number), columns);
  }
}
