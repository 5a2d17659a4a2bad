/** Finds the cells of one CSV line: fast for plain lines, by RFC 4180 for quoted ones. */

const LF = 10;
const CR = 13;
const QUOTE = 34;
const COMMA = 44;

/** Result of a scan. The caller reuses one object for all lines. */
interface RowScan {
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
  return { verdict: "blank", next: 0, cell_count: 0, lines: 1 };
}

/**
 * Scans the line at `from` and writes its cell starts and the closing sentinel to
 * `cells[at … at + columns]`.
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
  const end = line_end > from && bytes[line_end - 1] === CR ? line_end - 1 : line_end;
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
  let i = from;
  let cell = 0;
  for (;;) {
    if (cell < columns) cells[at + cell] = i;
    cell++;
    if (i < length && bytes[i] === QUOTE) {
      i = closingQuote(bytes, length, i + 1);
      if (i < 0) {
        if (final) return badQuote(bytes, length, from, final, out);
        return void (out.verdict = "incomplete");
      }
      i++;
      if (bytes[i] === CR && i < length && (bytes[i + 1] === LF || i + 1 >= length)) i++;
    } else {
      while (i < length && bytes[i] !== COMMA && bytes[i] !== LF && bytes[i] !== QUOTE) i++;
    }
    if (i >= length) {
      // After a closing quote, too: it may be the first of a doubled quote.
      if (!final) return void (out.verdict = "incomplete");
      break;
    }
    if (bytes[i] === LF) break;
    if (bytes[i] !== COMMA) return badQuote(bytes, length, from, final, out);
    i++;
  }
  const lines = 1 + lineEnds(bytes, from, i);
  // Two stray quotes, lines apart, look like one long cell: keep the rows between them.
  if (lines > 1 && cell !== columns) return badQuote(bytes, length, from, final, out);
  endRow(bytes, from, i, i < length ? i + 1 : length, cell, columns, cells, at, out);
  out.lines = lines;
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
