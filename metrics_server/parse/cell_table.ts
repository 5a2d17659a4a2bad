/** The parsed body: its bytes, the start of each cell, and the text of a byte range. */

/**
 * A body's bytes, unchanged, and where each cell starts. There is no copy of a cell and no object
 * for a row.
 *
 * Row `r`, column `c` spans `bytes[cells[r * stride + c], cells[r * stride + c + 1] - 1)` with
 * `stride = columns + 1`. A quoted cell's span includes its quotes.
 */
export interface CellTable {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** Length of the body; the bytes after it are spare. */
  readonly length: number;
  readonly cells: Uint32Array<SharedArrayBuffer>;
  readonly rows: number;
  readonly columns: number;
  /** Byte between two cells. */
  readonly delimiter: number;
}

const SPACE = 32;
const QUOTE = 34;

/** Start of a cell, as an index into `bytes`. */
export function cellStart(table: CellTable, row: number, column: number): number {
  return table.cells[row * (table.columns + 1) + column];
}

/** End of a cell, exclusive. */
export function cellEnd(table: CellTable, row: number, column: number): number {
  return table.cells[row * (table.columns + 1) + column + 1] - 1;
}

/** Inside the body, a byte order mark is a character. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strict_decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** Longest text assembled byte by byte: faster than a decoder for short texts. */
const SHORT_TEXT_BYTES_MAX = 64;

/**
 * UTF-8 text of `bytes[start, end)`, also in shared memory, which `TextDecoder` rejects. Invalid
 * sequences become U+FFFD.
 */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_TEXT_BYTES_MAX) return decoder.decode(bytes.slice(start, end));
  let text = "";
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte > 0x7f) return decoder.decode(bytes.slice(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Whether `bytes[start, end)` is valid UTF-8. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  while (i < end && bytes[i] < 0x80) i++;
  if (i === end) return true;
  try {
    strict_decoder.decode(bytes.slice(i, end));
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether `bytes[start, end)` is a quoted cell as a whole. A quote inside a cell, or text after the
 * closing quote, makes it plain text with its quotes.
 */
export function isQuoted(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 2 || bytes[start] !== QUOTE || bytes[end - 1] !== QUOTE) return false;
  for (let i = start + 1; i < end - 1; i++) {
    if (bytes[i] === QUOTE && (bytes[++i] !== QUOTE || i === end - 1)) return false;
  }
  return true;
}

/** Text of a CSV cell: without the quotes around it, doubled quotes made single (RFC 4180 §2.7). */
export function cellText(bytes: Uint8Array, start: number, end: number): string {
  if (!isQuoted(bytes, start, end)) return textOf(bytes, start, end);
  return textOf(bytes, start + 1, end - 1).replaceAll('""', '"');
}

/** Whether all cells are empty: spreadsheets append such rows. */
export function isBlankRow(table: CellTable, row: number): boolean {
  for (let column = 0; column < table.columns; column++) {
    const [start, end] = [cellStart(table, row, column), cellEnd(table, row, column)];
    if (trimmedText(table.bytes, start, end) !== "") return false;
  }
  return true;
}

/** {@link cellText} without white space around the cell and inside its quotes. */
export function trimmedText(bytes: Uint8Array, start: number, end: number): string {
  while (start < end && bytes[start] <= SPACE) start++;
  while (end > start && bytes[end - 1] <= SPACE) end--;
  return cellText(bytes, start, end).trim();
}
