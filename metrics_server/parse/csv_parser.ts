/**
 * Streaming parser: takes the body in pieces as they arrive and finds the cells of every whole row
 * meanwhile. The bytes are kept as they came, in shared memory, so that any thread can serve from
 * them without a copy.
 */
import { type Buffers, FRESH_BUFFERS } from "./buffers.ts";
import type { CellTable } from "./cell_table.ts";
import { type Header, readHeader, readHeaderNames } from "./header.ts";
import {
  BAD_ROWS_MAX_PCT,
  BAD_SAMPLE_CHARS_MAX,
  BAD_SAMPLES_MAX,
  ROW_BYTES_MAX,
} from "./limits.ts";
import { ParseError } from "./parse_error.ts";
import { newRowScan, type RowVerdict, scanRow } from "./row_scanner.ts";
import { textOf } from "./text.ts";

const LF = 10;
const BODY_BYTES_START = 64 * 1024;
const CELLS_START = 4096;

/** A line that was left out. */
export interface BadRow {
  /** Number of the line in the body, from 1; the header is line 1. */
  readonly line: number;
  readonly reason: string;
  /** The line's beginning. */
  readonly text: string;
}

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
  /** Content-Length, or the last body's. */
  readonly body_bytes?: number;
  /** The last table's cells. */
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
   * Takes the next piece and parses all rows that are whole now.
   *
   * @throws {ParseError} as soon as the body is known not to be a sample
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
    if (this.#length === 0) throw new ParseError("empty", "the body has no bytes");
    if (this.#header === null) this.#takeHeader(true);
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

  #takeHeader(final: boolean): boolean {
    const line_end = this.#bytes.subarray(0, this.#length).indexOf(LF);
    if (line_end < 0) this.#limitRow(0);
    if (line_end < 0 && !final) return false;
    const end = line_end < 0 ? this.#length : line_end;
    const start = this.#bytes[0] === 0xef && this.#bytes[1] === 0xbb ? 3 : 0;
    this.#header = readHeader(readHeaderNames(this.#bytes, start, end), this.#id_columns);
    this.#next = line_end < 0 ? end : end + 1;
    this.#line = 2;
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
      if (scan.verdict === "row") {
        this.#rows++;
      } else if (scan.verdict === "incomplete") {
        if (!this.#skipUnclosedQuote()) return;
        continue;
      } else if (scan.verdict !== "blank") {
        this.#takeBadRow(scan.verdict, scan.cell_count, scan.next, columns);
      }
      this.#next = scan.next;
      this.#line++;
    }
  }

  /** A torn last line means the body was cut: its other rows may be fewer than there were. */
  #takeBadRow(verdict: RowVerdict, cells: number, next: number, columns: number): void {
    const reason = verdict === "quote" ? "broken quote" : `${cells} cells instead of ${columns}`;
    if (next >= this.#length && this.#bytes[this.#length - 1] !== LF) {
      throw new ParseError(
        "truncated",
        `the body ends inside line ${this.#line} (${reason}) after ${this.#length} bytes`,
      );
    }
    this.#bad_rows++;
    if (this.#bad_samples.length < BAD_SAMPLES_MAX) {
      const end = Math.min(next, this.#next + BAD_SAMPLE_CHARS_MAX);
      const text = textOf(this.#bytes, this.#next, end).trimEnd();
      this.#bad_samples.push({ line: this.#line, reason, text });
    }
  }

  /** A quote left open would take all that follows into one cell: give up that line alone. */
  #skipUnclosedQuote(): boolean {
    if (this.#length - this.#next <= ROW_BYTES_MAX) return false;
    const line_end = this.#bytes.subarray(0, this.#length).indexOf(LF, this.#next);
    if (line_end < 0 || line_end - this.#next > ROW_BYTES_MAX) this.#limitRow(this.#next);
    this.#takeBadRow("quote", 0, line_end + 1, this.#header!.names.length);
    this.#next = line_end + 1;
    this.#line++;
    return true;
  }

  #limitRow(start: number): void {
    if (this.#length - start <= ROW_BYTES_MAX) return;
    throw new ParseError(
      "row_too_long",
      `line ${this.#line} has more than ${ROW_BYTES_MAX} bytes`,
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
