/**
 * Streaming CSV parser: finds the cells of each row as chunks of the body arrive. The bytes stay as
 * they are, in shared memory, so that any thread serves from them without a copy.
 *
 *     chunk ──append──> bytes ──header row──> names, identity, fields
 *                         └───each line─────> cells: where each cell starts
 */
import { type Buffers, FRESH_BUFFERS } from "./buffers.ts";
import type { CellTable } from "./cell_table.ts";
import { type Header, readHeader, readHeaderNames, rejectForeignFormat } from "./header.ts";
import {
  BAD_ROWS_MAX_PCT,
  BAD_SAMPLES_MAX,
  type BadRow,
  badRow,
  EXCERPT_MAX,
  ParseError,
} from "./rejection.ts";
import { newRowScan, scanRow } from "./row_scanner.ts";

/** Longest row, its line end included. UFM's widest rows are about 8 KB. */
const ROW_BYTES_MAX = 1024 * 1024;

const LF = 10;
const SPACE = 32;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const BODY_BYTES_START = 64 * 1024;
const CELLS_START = 4096;

export interface ParsedBody {
  readonly header: Header;
  readonly table: CellTable;
  readonly bad_rows: number;
  readonly bad_samples: readonly BadRow[];
  /** Whether the last line had a line end. */
  readonly ends_with_newline: boolean;
}

/** Expected sizes, so that buffers need not grow. Wrong hints cost time, never data. */
export interface ParseHints {
  /** Content-Length, or the last body's length. */
  readonly body_bytes?: number;
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
  /** Whether the byte order mark, if any, is skipped. */
  #begun = false;
  /** First byte not parsed yet, and its line. */
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

  get length(): number {
    return this.#length;
  }

  /**
   * Takes the next chunk and parses all complete rows. The result does not depend on how the body
   * is cut into chunks.
   *
   * @throws {ParseError} As soon as the body is known to be invalid: `html`, `json`,
   *     `no_id_column`, `repeated_column`, `too_many_columns`, `row_too_long`.
   */
  push(chunk: Uint8Array): void {
    this.#reserveBytes(this.#length + chunk.length);
    this.#bytes.set(chunk, this.#length);
    this.#length += chunk.length;
    // The scanner's inner loop stops at this byte; reused memory may hold another one.
    this.#bytes[this.#length] = 0;
    if (this.#header === null && !this.#takeHeader(false)) return;
    this.#takeRows(false);
  }

  /**
   * Ends the body: parses the last row and checks the whole.
   *
   * @throws {ParseError} `empty`, `no_rows`, `truncated`, `too_many_bad_rows`, or an error of
   *     `push`.
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

  /** Gives the memory back; the parsed body must not be used any more. */
  discard(): void {
    this.#buffers.give(this.#bytes.buffer);
    this.#buffers.give(this.#cells.buffer);
  }

  /** False while the header row is incomplete, and at the end without one. */
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
    // A long line need not be complete to be recognised as JSON or HTML.
    if (whole || end - start >= EXCERPT_MAX) rejectForeignFormat(bytes, start, end);
    this.#limitRow((line_end >= 0 ? end + 1 : end) - start);
    if (!whole) return false;
    this.#header = readHeader(readHeaderNames(bytes, start, end), this.#id_columns);
    this.#next = line_end >= 0 ? end + 1 : end;
    this.#line++;
    return true;
  }

  /** Skips a byte order mark. False until enough bytes arrived to see one. */
  #begin(final: boolean): boolean {
    if (this.#length < BYTE_ORDER_MARK.length && !final) return false;
    this.#begun = true;
    // Reused memory may hold a byte order mark after a shorter body.
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

  /** A torn last row means that the body was cut: more rows may be missing. */
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

  /** An open quote would take all following lines into one cell: only its own line is dropped. */
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

  /** Keeps one spare byte after the body. */
  #reserveBytes(bytes: number): void {
    if (bytes < this.#bytes.length) return;
    const larger = this.#takeBytes(Math.max(bytes, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#buffers.give(this.#bytes.buffer);
    this.#bytes = larger;
  }

  #growCells(cells: number): void {
    // Estimated from the bytes per cell so far.
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
