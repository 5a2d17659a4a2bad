/** A CSV body as rows of raw cells: quotes stay, so that what is not changed is written as it came. */
import { IDENTITY_COLUMNS_DEFAULT, ROW_TIMESTAMP_COLUMN } from "../../../contracts/mod.ts";

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
