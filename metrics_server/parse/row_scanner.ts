/**
 * Finds the cells of one CSV line: fast for plain lines of commas; by RFC 4180 §2.5–2.7 for quotes,
 * with any delimiter.
 */

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;

/** Result of a scan. The caller reuses one object for all lines. */
export interface RowScan {
  /** Byte between two cells. */
  delimiter: number;
  /** `row`, why the line is not a row, or `incomplete`: more bytes are needed. */
  verdict: "row" | "blank" | "incomplete" | "cell_count" | "quote";
  /** First byte after the line, its line end included. */
  next: number;
  /** Cells found; those past `columns` are counted but not written. */
  cell_count: number;
  /** Lines of the body: more than 1 if a quoted cell contains line ends. */
  lines: number;
}

export function newRowScan(): RowScan {
  return { delimiter: COMMA, verdict: "blank", next: 0, cell_count: 0, lines: 1 };
}

/** The scanner for rows with this delimiter. */
export function scannerOf(delimiter: number): typeof scanRow {
  return delimiter === COMMA ? scanRow : scanQuotedRow;
}

/**
 * Scans the line at `from`, whose delimiter is a comma, and writes its cell starts and the closing
 * sentinel to `cells[at … at + columns]`.
 *
 * `bytes[length]` must exist and be below 45, such as a spare zero, so that the inner loop needs no
 * bounds check. `final`: no bytes follow `length`, so the line may end without a line end.
 */
export function scanRow(
  bytes: Uint8Array,
  length: number,
  from: number,
  final: boolean,
  columns: number,
  cells: Uint32Array,
  at: number,
  out: RowScan,
): void {
  let i = from;
  let cell = 0;
  let byte = bytes[i];
  for (;;) {
    if (cell < columns) cells[at + cell] = i;
    cell++;
    // Digits, letters, '-', '.', '/' are above ',': one comparison per byte.
    while (byte > COMMA) byte = bytes[++i];
    while (byte !== COMMA && byte !== LF && byte !== QUOTE && i < length) byte = bytes[++i];
    if (byte === COMMA && i < length) {
      byte = bytes[++i];
      continue;
    }
    break;
  }
  if (byte === QUOTE && i < length) {
    scanQuotedRow(bytes, length, from, final, columns, cells, at, out);
    return;
  }
  if (i >= length && !final) {
    out.verdict = "incomplete";
    return;
  }
  endRow(bytes, from, i, i < length ? i + 1 : length, cell, columns, cells, at, out);
}

function endRow(
  bytes: Uint8Array,
  from: number,
  line_end: number,
  next: number,
  cell_count: number,
  columns: number,
  cells: Uint32Array,
  at: number,
  out: RowScan,
): void {
  // Text written twice in "text mode" ends its lines with two carriage returns.
  let end = line_end;
  while (end > from && bytes[end - 1] === CR) end--;
  out.next = next;
  out.cell_count = cell_count;
  out.lines = 1;
  if (end === from) {
    out.verdict = "blank";
  } else if (cell_count !== columns) {
    out.verdict = "cell_count";
  } else {
    cells[at + columns] = end + 1;
    out.verdict = "row";
  }
}

/**
 * As {@link scanRow}, with any delimiter. Only a quote at the start of a cell has a meaning; others
 * are text.
 */
function scanQuotedRow(
  bytes: Uint8Array,
  length: number,
  from: number,
  final: boolean,
  columns: number,
  cells: Uint32Array,
  at: number,
  out: RowScan,
): void {
  const { delimiter } = out;
  let i = from;
  let cell = 0;
  for (;;) {
    if (cell < columns) cells[at + cell] = i;
    cell++;
    const start = i;
    let closed = i;
    if (i < length && bytes[i] === QUOTE) {
      closed = closingQuote(bytes, length, i + 1) + 1;
      if (closed === 0) {
        if (final) return badQuote(bytes, length, from, final, out);
        return void (out.verdict = "incomplete");
      }
      i = closed;
    }
    while (i < length && bytes[i] !== delimiter && bytes[i] !== LF) i++;
    // After a closing quote, too: it may be the first of a doubled quote.
    if (i >= length && !final) return void (out.verdict = "incomplete");
    // The quote that closes on a later line, before text, opens a cell of that line.
    if (closed > start && hasText(bytes, closed, i) && lineEnds(bytes, start, closed) > 0) {
      return badQuote(bytes, length, from, final, out);
    }
    if (i >= length || bytes[i] === LF) break;
    i++;
  }
  const lines = 1 + lineEnds(bytes, from, i);
  endRow(bytes, from, i, i < length ? i + 1 : length, cell, columns, cells, at, out);
  out.lines = lines;
}

function hasText(bytes: Uint8Array, from: number, end: number): boolean {
  for (let i = from; i < end; i++) if (bytes[i] > SPACE) return true;
  return false;
}

function lineEnds(bytes: Uint8Array, from: number, end: number): number {
  let count = 0;
  for (let i = from; i < end; i++) if (bytes[i] === LF) count++;
  return count;
}

/** Index of the quote that closes the cell, or -1. */
function closingQuote(bytes: Uint8Array, length: number, from: number): number {
  for (let i = from; i < length; i++) {
    if (bytes[i] !== QUOTE) continue;
    if (i + 1 < length && bytes[i + 1] === QUOTE) i++;
    else return i;
  }
  return -1;
}

/** A broken quote costs its own line only: scanning continues after the next line end. */
function badQuote(
  bytes: Uint8Array,
  length: number,
  from: number,
  final: boolean,
  out: RowScan,
): void {
  const line_end = bytes.subarray(0, length).indexOf(LF, from);
  if (line_end < 0 && !final) {
    out.verdict = "incomplete";
    return;
  }
  out.verdict = "quote";
  out.cell_count = 0;
  out.lines = 1;
  out.next = line_end < 0 ? length : line_end + 1;
}
