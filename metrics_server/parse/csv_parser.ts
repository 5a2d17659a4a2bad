/**
 * Streaming parser: takes the body in pieces as they arrive and finds the cells of every whole row
 * meanwhile. The bytes are kept as they came, in shared memory, so that any thread can serve from
 * them without a copy.
 */
import { type BadRow, badRow } from "./bad_row.ts";
import { type Buffers, FRESH_BUFFERS } from "./buffers.ts";
import type { CellTable } from "./cell_table.ts";
import { type Header, readHeader, readHeaderNames, rejectForeignFormat } from "./header.ts";
import { BAD_ROWS_MAX_PCT, BAD_SAMPLES_MAX, EXCERPT_MAX, ROW_BYTES_MAX } from "./limits.ts";
import { ParseError } from "./parse_error.ts";
import { newRowScan, scanRow } from "./row_scanner.ts";

const LF = 10;
const SPACE = 32;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const BODY_BYTES_START = 64 * 1024;
const CELLS_START = 4096;

/** What a whole body gave. */
export interface ParsedBody {
  readonly header: Header;
  readonly table: CellTable;
  readonly bad_rows: number;
  readonly bad_samples: readonly BadRow[];
  /** Whether the last line had a line end. */
  readonly ends_with_newline: boolean;
}

/** What to expect, so that buffers need not grow. Wrong hints cost time, never data. */
export interface ParseHints {
  /** Content-Length, or the last body's length. */
  readonly body_bytes?: number;
  /** Entries of the last table's `cells`. */
  readonly cells?: number;
}

/**
 * Parses one body.
 *
 * ```ts
 * const parser = new CsvParser({ id_columns: [] });
 * parser.push(new TextEncoder().encode("switch_id,latency_us\nsw-000,1.5\n"));
 * const { table } = parser.finish(); // table.rows 1, table.columns 2
 * ```
 */
export class CsvParser {
  #bytes: Uint8Array<SharedArrayBuffer>;
  #length = 0;
  #cells: Uint32Array<SharedArrayBuffer>;
  #rows = 0;
  #header: Header | null = null;
  /** Whether the body's first bytes have been looked at. */
  #begun = false;
  /** First byte that is not parsed yet, and its line. */
  #next = 0;
  #line = 1;
  #bad_rows = 0;
  #bad_samples: BadRow[] = [];
  readonly #scan = newRowScan();
  readonly #id_columns: readonly string[];
  readonly #buffers: Buffers;

  constructor(
    options: { id_columns: readonly string[]; buffers?: Buffers },
    hints: ParseHints = {},
  ) {
    this.#id_columns = options.id_columns;
    this.#buffers = options.buffers ?? FRESH_BUFFERS;
    this.#bytes = this.#takeBytes(Math.max(hints.body_bytes ?? 0, BODY_BYTES_START));
    this.#cells = this.#takeCells(Math.max(hints.cells ?? 0, CELLS_START));
  }

  /** Bytes taken so far. */
  get length(): number {
    return this.#length;
  }

  /**
   * Takes the next piece and parses all rows that are whole now. How a body is cut into pieces makes
   * no difference to what comes of it.
   *
   * @throws {ParseError} as soon as the body is known not to be a sample: `html`, `json`,
   * `no_id_column`, `repeated_column`, `too_many_columns`, `row_too_long`
   */
  push(piece: Uint8Array): void {
    this.#reserveBytes(this.#length + piece.length);
    this.#bytes.set(piece, this.#length);
    this.#length += piece.length;
    // The scanner's inner loop stops at this byte; the memory may hold an older body's.
    this.#bytes[this.#length] = 0;
    if (this.#header === null && !this.#takeHeader(false)) return;
    this.#takeRows(false);
  }

  /**
   * The body has ended: parses what is left and judges the whole.
   *
   * @throws {ParseError} `empty`, `no_rows`, `truncated`, `too_many_bad_rows`, or what `push` throws
   */
  finish(): ParsedBody {
    if (this.#header === null && !this.#takeHeader(true)) {
      throw new ParseError("empty", `the body has ${this.#length} bytes and no header row`);
    }
    this.#takeRows(true);
    const header = this.#header!;
    const lines = this.#rows + this.#bad_rows;
    if (lines === 0) throw new ParseError("no_rows", "a header row and no rows");
    if (this.#bad_rows * 100 > lines * BAD_ROWS_MAX_PCT) {
      throw new ParseError(
        "too_many_bad_rows",
        `${this.#bad_rows} of ${lines} rows are bad: at most ${BAD_ROWS_MAX_PCT} % are left out; ` +
          `first: line ${this.#bad_samples[0].line}, ${this.#bad_samples[0].reason}`,
      );
    }
    return {
      header,
      table: {
        bytes: this.#bytes,
        length: this.#length,
        cells: this.#cells,
        rows: this.#rows,
        columns: header.names.length,
      },
      bad_rows: this.#bad_rows,
      bad_samples: this.#bad_samples,
      ends_with_newline: this.#bytes[this.#length - 1] === LF,
    };
  }

  /** Hands the memory back: what was parsed is not wanted. */
  discard(): void {
    this.#buffers.give(this.#bytes.buffer);
    this.#buffers.give(this.#cells.buffer);
  }

  /** False while the header row is not whole; at the end, where there is none. */
  #takeHeader(final: boolean): boolean {
    const bytes = this.#bytes;
    const length = this.#length;
    if (!this.#begun && !this.#begin(final)) return false;
    for (; this.#next < length && bytes[this.#next] <= SPACE; this.#next++) {
      if (bytes[this.#next] === LF) this.#line++;
    }
    const start = this.#next;
    if (start === length) return false;
    const line_end = bytes.subarray(0, length).indexOf(LF, start);
    const whole = line_end >= 0 || final;
    const end = line_end >= 0 ? line_end : length;
    // JSON on one line would otherwise be taken in up to the limit of a row.
    if (whole || end - start >= EXCERPT_MAX) rejectForeignFormat(bytes, start, end);
    this.#limitRow((line_end >= 0 ? end + 1 : end) - start);
    if (!whole) return false;
    this.#header = readHeader(readHeaderNames(bytes, start, end), this.#id_columns);
    this.#next = line_end >= 0 ? end + 1 : end;
    this.#line++;
    return true;
  }

  /** Skips a byte order mark. False while it is not known whether there is one. */
  #begin(final: boolean): boolean {
    if (this.#length < BYTE_ORDER_MARK.length && !final) return false;
    this.#begun = true;
    // Behind a shorter body lie an older one's bytes.
    const is_long_enough = this.#length >= BYTE_ORDER_MARK.length;
    if (is_long_enough && BYTE_ORDER_MARK.every((byte, i) => byte === this.#bytes[i])) {
      this.#next = BYTE_ORDER_MARK.length;
    }
    return true;
  }

  #takeRows(final: boolean): void {
    const columns = this.#header!.names.length;
    const stride = columns + 1;
    const scan = this.#scan;
    const length = this.#length;
    while (this.#next < length) {
      const at = this.#rows * stride;
      if (at + stride > this.#cells.length) this.#growCells(at + stride);
      scanRow(this.#bytes, length, this.#next, final, columns, this.#cells, at, scan);
      const whole = scan.verdict !== "incomplete";
      if ((whole ? scan.next : length) - this.#next > ROW_BYTES_MAX) {
        this.#takeOverlongRow();
        continue;
      }
      if (!whole) return;
      if (scan.verdict === "row") {
        this.#rows++;
      } else if (scan.verdict === "quote") {
        this.#takeBadRow("broken quote", scan.next);
      } else if (scan.verdict === "cell_count") {
        this.#takeBadRow(`${scan.cell_count} cells instead of ${columns}`, scan.next);
      }
      this.#next = scan.next;
      this.#line += scan.lines;
    }
  }

  /** A torn last row means the body was cut: its other rows may be fewer than there were. */
  #takeBadRow(reason: string, next: number): void {
    if (next >= this.#length && this.#bytes[this.#length - 1] !== LF) {
      throw new ParseError(
        "truncated",
        `the body ends inside line ${this.#line} (${reason}) after ${this.#length} bytes`,
      );
    }
    this.#bad_rows++;
    if (this.#bad_samples.length < BAD_SAMPLES_MAX) {
      this.#bad_samples.push(badRow(this.#bytes, this.#next, next, this.#line, reason));
    }
  }

  /** A quote left open takes line after line into one cell: give up its own line alone. */
  #takeOverlongRow(): void {
    const line_end = this.#bytes.subarray(0, this.#length).indexOf(LF, this.#next);
    this.#limitRow((line_end < 0 ? this.#length : line_end + 1) - this.#next);
    this.#takeBadRow("broken quote", line_end + 1);
    this.#next = line_end + 1;
    this.#line++;
  }

  #limitRow(bytes: number): void {
    if (bytes <= ROW_BYTES_MAX) return;
    throw new ParseError(
      "row_too_long",
      `line ${this.#line} is longer than ${ROW_BYTES_MAX} bytes`,
    );
  }

  /** One spare byte is kept behind the body. */
  #reserveBytes(bytes: number): void {
    if (bytes < this.#bytes.length) return;
    const larger = this.#takeBytes(Math.max(bytes, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#buffers.give(this.#bytes.buffer);
    this.#bytes = larger;
  }

  #growCells(cells: number): void {
    // From the bytes a cell took so far, what the bytes at hand will take.
    const expected = this.#next > 0 ? Math.ceil(cells * this.#length / this.#next) : cells;
    const larger = this.#takeCells(Math.max(cells, this.#cells.length * 2, expected));
    larger.set(this.#cells);
    this.#buffers.give(this.#cells.buffer);
    this.#cells = larger;
  }

  #takeBytes(length: number): Uint8Array<SharedArrayBuffer> {
    return new Uint8Array(this.#buffers.take(length + 1));
  }

  #takeCells(length: number): Uint32Array<SharedArrayBuffer> {
    return new Uint32Array(this.#buffers.take(length * Uint32Array.BYTES_PER_ELEMENT));
  }
}
