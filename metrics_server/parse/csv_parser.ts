/**
 * Streaming CSV parser: finds the cells of each row as chunks of the body arrive. The bytes stay as
 * they are, in shared memory, so that any thread serves from them without a copy.
 *
 *     chunk ──append──> bytes ──header row──> names, identity, fields
 *                         └───each line─────> cells: where each cell starts
 */
import { type Buffers, FRESH_BUFFERS } from "./buffers.ts";
import { trimmedText } from "./cell_table.ts";
import { BodyHead, replaceCr } from "./body_head.ts";
import { COLUMNS_MAX, type Header, readHeader } from "./header.ts";
import {
  type BodyLimits,
  NO_LIMITS,
  type ParsedBody,
  type ParseHints,
  type ParseOptions,
} from "./parsed_body.ts";
import { BadRows, limitRow, ParseError, ROW_BYTES_MAX, tooManyRows } from "./rejection.ts";
import { newRowScan, scannerOf, scanRow } from "./row_scanner.ts";
import { ShardRows } from "./shard_rows.ts";

const LF = 10;
const BODY_BYTES_START = 64 * 1024;
const CELLS_START = 4096;

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
  readonly #head = new BodyHead();
  #scanRow = scanRow;
  /** First byte not parsed yet, and its line. */
  #next = 0;
  #line = 1;
  readonly #bad = new BadRows();
  #uneven_rows = 0;
  #tail_cells: Uint32Array | null = null;
  readonly #tail = newRowScan();
  readonly #scan = newRowScan();
  /** Null if all rows are kept. */
  #shard_rows: ShardRows | null = null;
  readonly #options: ParseOptions;
  readonly #buffers: Buffers;
  readonly #limits: BodyLimits;
  /** By the limits of rows and of cells, once the columns are known. */
  #rows_max = Infinity;

  constructor(options: ParseOptions, hints: ParseHints = {}) {
    this.#options = options;
    this.#buffers = options.buffers ?? FRESH_BUFFERS;
    this.#limits = options.limits ?? NO_LIMITS;
    this.#bytes = this.#takeBytes(Math.max(hints.body_bytes ?? 0, BODY_BYTES_START));
    this.#cells = this.#takeCells(Math.max(hints.cells ?? 0, CELLS_START));
  }

  /** Bytes so far, rows of other shards included. */
  get received_bytes(): number {
    return this.#length + (this.#shard_rows?.dropped_bytes ?? 0);
  }

  /** Rows so far, of whatever shard. */
  get #rows_seen(): number {
    return this.#shard_rows?.seen ?? this.#rows;
  }

  /**
   * Takes the next chunk and parses all complete rows. The result does not depend on how the body
   * is cut into chunks.
   *
   * @throws {ParseError} As soon as the body is known to be invalid: `html`, `json`,
   *     `no_id_column`, `too_many_columns`, `row_too_long`, `too_large`.
   */
  push(chunk: Uint8Array): void {
    this.#reserveBytes(this.#length + chunk.length);
    this.#bytes.set(chunk, this.#length);
    if (this.#head.lines_end_with_cr) {
      replaceCr(this.#bytes.subarray(this.#length, this.#length + chunk.length));
    }
    this.#length += chunk.length;
    // The scanner's inner loop stops at this byte; reused memory may hold another one.
    this.#bytes[this.#length] = 0;
    if (this.#header === null && !this.#takeHeader(false)) return;
    this.#takeRows(false);
    if (this.#shard_rows !== null) this.#closeUp(this.#shard_rows);
  }

  /**
   * Ends the body: parses the last row and checks the whole.
   *
   * @param may_be_empty Whether a header row without rows is a body.
   * @throws {ParseError} `empty`, `no_rows`, `truncated`, `too_many_bad_rows`, or an error of
   *     `push`.
   */
  finish(may_be_empty = false): ParsedBody {
    if (this.#header === null && !this.#takeHeader(true)) {
      throw new ParseError("empty", `the body has ${this.#length} bytes and no header row`);
    }
    const received_bytes = this.received_bytes;
    const ends_with_newline = this.#bytes[this.#length - 1] === LF;
    this.#takeRows(true);
    const shard_rows = this.#shard_rows;
    if (shard_rows !== null) this.#closeUp(shard_rows);
    const header = this.#header!;
    const lines = this.#rows_seen + this.#bad.count - (shard_rows?.bad_ids ?? 0);
    if (lines === 0 && !may_be_empty) throw new ParseError("no_rows", "a header row and no rows");
    this.#bad.limit(lines);
    return {
      header,
      table: {
        bytes: this.#bytes,
        length: this.#length,
        cells: this.#cells,
        rows: this.#rows,
        columns: header.names.length,
        delimiter: this.#head.delimiter,
      },
      bad_rows: this.#bad.count,
      bad_samples: this.#bad.samples,
      uneven_rows: this.#uneven_rows - (shard_rows?.uneven_dropped ?? 0),
      ends_with_newline,
      received_bytes,
      rows_left_out: shard_rows?.left_out ?? 0,
      last_left_out: shard_rows?.last_left_out ?? null,
    };
  }

  /** False while the header row is incomplete, and at the end without one. */
  #takeHeader(final: boolean): boolean {
    const names = this.#head.read(this.#bytes, this.#length, final);
    if (names === null) return false;
    const { id_columns, shard } = this.#options;
    this.#header = readHeader(names, id_columns);
    const { rows_max, cells_max } = this.#limits;
    this.#rows_max = Math.min(rows_max, Math.floor(cells_max / names.length));
    if (shard !== undefined) {
      this.#shard_rows = new ShardRows(this.#header, shard, this.#head);
    }
    this.#next = this.#head.next;
    this.#line = this.#head.line;
    this.#scan.delimiter = this.#tail.delimiter = this.#head.delimiter;
    this.#scanRow = scannerOf(this.#head.delimiter);
    return true;
  }

  #takeRows(final: boolean): void {
    const columns = this.#header!.names.length;
    const stride = columns + 1;
    const scan = this.#scan;
    const scanRow = this.#scanRow;
    const length = this.#length;
    while (this.#next < length) {
      const at = this.#rows * stride;
      if (at + stride > this.#cells.length) this.#growCells(at + stride);
      scanRow(this.#bytes, length, this.#next, final, columns, this.#cells, at, scan);
      const whole = scan.verdict !== "incomplete";
      if ((whole ? scan.next : length) - this.#next > ROW_BYTES_MAX) {
        this.#takeTornLine();
        continue;
      }
      if (!whole) return;
      if (scan.verdict === "row") {
        if (this.#shard_rows === null) this.#keepRow();
        else this.#takeShardRow(this.#shard_rows, false);
      } else if (scan.verdict === "quote") {
        this.#takeBadRow("broken quote", scan.next);
      } else if (scan.verdict === "cell_count") {
        if (this.#takeUnevenRow(at, final)) {
          this.#uneven_rows++;
          if (this.#shard_rows === null) this.#keepRow();
          else this.#takeShardRow(this.#shard_rows, true);
        } else if (scan.lines > 1) {
          // Two stray quotes, lines apart, look like one long cell: keep the rows between them.
          this.#takeTornLine();
          continue;
        } else this.#takeBadRow(`${scan.cell_count} cells instead of ${columns}`, scan.next);
      }
      this.#next = scan.next;
      this.#line += scan.lines;
    }
  }

  #keepRow(): void {
    if (++this.#rows <= this.#rows_max) return;
    throw tooManyRows(this.#rows, this.#header!.names.length, this.#limits);
  }

  /**
   * Takes a row that lacks empty cells at its end, or has extra ones. False if the cell of a named
   * column is missing or an extra cell has a value.
   */
  #takeUnevenRow(at: number, final: boolean): boolean {
    const { named, names: { length: columns } } = this.#header!;
    const { cell_count, next } = this.#scan;
    if (cell_count < named || cell_count > columns + COLUMNS_MAX) return false;
    // In a cut body the last row lacks cells that the others have.
    const is_cut = cell_count < columns && this.#isUnended(next) &&
      this.#uneven_rows < this.#rows_seen;
    if (is_cut) return false;
    const last = Math.min(cell_count, columns) - 1;
    const from = this.#cells[at + last];
    const count = cell_count - last;
    const tail = this.#tail_cells ??= new Uint32Array(COLUMNS_MAX + 2);
    this.#scanRow(this.#bytes, this.#length, from, final, count, tail, 0, this.#tail);
    if (this.#tail.verdict === "blank") tail[1] = from + 1;
    for (let c = 1; c < count; c++) {
      if (trimmedText(this.#bytes, tail[c], tail[c + 1] - 1) !== "") return false;
    }
    for (let c = last + 1; c <= columns; c++) this.#cells[at + c] = tail[1] + c - last - 1;
    return true;
  }

  #takeShardRow(shard_rows: ShardRows, is_uneven: boolean): void {
    const { next } = this.#scan;
    const row = this.#rows;
    const verdict = shard_rows.take(this.#bytes, this.#cells, row, this.#next, next, is_uneven);
    if (verdict === "kept") this.#keepRow();
    else if (verdict !== "other" && verdict !== "blank") this.#countBadRow(verdict, next);
  }

  /** Frees the bytes of the rows that were left out. */
  #closeUp(shard_rows: ShardRows): void {
    this.#length = shard_rows.closeUp(this.#bytes, this.#next, this.#length);
    this.#next = shard_rows.end;
    this.#bytes[this.#length] = 0;
  }

  /** A torn last row means that the body was cut: more rows may be missing. */
  #takeBadRow(reason: string, next: number): void {
    if (this.#isUnended(next)) {
      throw new ParseError(
        "truncated",
        `the body ends inside line ${this.#line} (${reason}) after ${this.received_bytes} bytes`,
      );
    }
    this.#countBadRow(reason, next);
  }

  #countBadRow(reason: string, next: number): void {
    this.#bad.add(this.#bytes, this.#next, next, this.#line, reason);
  }

  /** Whether the row before `next` is the last one and has no line end. */
  #isUnended(next: number): boolean {
    return next >= this.#length && this.#bytes[this.#length - 1] !== LF;
  }

  /** An open quote would take all following lines into one cell: only its own line is dropped. */
  #takeTornLine(): void {
    const line_end = this.#bytes.subarray(0, this.#length).indexOf(LF, this.#next);
    limitRow((line_end < 0 ? this.#length : line_end + 1) - this.#next, this.#line);
    this.#takeBadRow("broken quote", line_end + 1);
    this.#next = line_end + 1;
    this.#line++;
  }

  /** Keeps one spare byte after the body. */
  #reserveBytes(bytes: number): void {
    if (bytes < this.#bytes.length) return;
    const wanted = Math.min(this.#bytes.length * 2, this.#limits.bytes_max);
    const larger = this.#takeBytes(Math.max(bytes, wanted));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#buffers.give(this.#bytes.buffer);
    this.#bytes = larger;
  }

  #growCells(cells: number): void {
    // Estimated from the bytes per cell so far.
    const expected = this.#next > 0 ? Math.ceil(cells * this.#length / this.#next) : cells;
    const wanted = Math.max(this.#cells.length * 2, expected);
    const cells_max = (this.#rows_max + 1) * (this.#header!.names.length + 1);
    const larger = this.#takeCells(Math.max(cells, Math.min(wanted, cells_max)));
    larger.set(this.#cells);
    this.#buffers.give(this.#cells.buffer);
    this.#cells = larger;
  }

  #takeBytes(length: number): Uint8Array<SharedArrayBuffer> {
    return new Uint8Array(this.#buffers.take(length + 1, "body"));
  }

  #takeCells(length: number): Uint32Array<SharedArrayBuffer> {
    return new Uint32Array(this.#buffers.take(length * Uint32Array.BYTES_PER_ELEMENT, "cells"));
  }
}
