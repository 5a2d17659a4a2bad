/**
 * Keeps the rows of one shard while a body is parsed. Kept rows close up, so that the body takes
 * 1/n of the memory:
 *
 *     header │ kept │ left out │ kept │ left out │ row in progress
 *     header │ kept │ kept │ row in progress
 */
import { crc32, type Shard } from "../../contracts/mod.ts";
import { type CellTable, isBlankRow, isUtf8, textOf } from "./cell_table.ts";
import type { Header } from "./header.ts";
import { noIdReason } from "./rejection.ts";
import { RowIds } from "./row_ids.ts";

const LF = 10;

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** `kept`, `other` (of another shard), `blank` (all cells empty), or why the row is bad. */
type Verdict = "kept" | "other" | "blank" | ReturnType<typeof noIdReason> | "not UTF-8";

export class ShardRows {
  /** Rows with the right number of cells, of whatever shard. */
  seen = 0;
  /** Rows of other shards. */
  left_out = 0;
  /** Rows without a usable id. */
  bad_ids = 0;
  /** Rows not kept that lack empty cells at their end, or have extra ones. */
  uneven_dropped = 0;
  dropped_bytes = 0;
  /** Length of the last row's id if that row was left out, else 0. */
  #last_length = 0;
  /** End of the kept bytes. */
  end: number;
  readonly #ids: RowIds;
  readonly #table: Writable<CellTable>;

  /** @param head The header row: its delimiter, and the first byte after it. */
  constructor(
    readonly header: Header,
    readonly shard: Shard,
    { delimiter, next }: { readonly delimiter: number; readonly next: number },
  ) {
    this.end = next;
    const bytes = new Uint8Array(new SharedArrayBuffer(0));
    const cells = new Uint32Array(new SharedArrayBuffer(0));
    this.#table = { bytes, length: 0, cells, rows: 0, columns: header.names.length, delimiter };
    // Only one shard knows whether rows of two sets have the same id, but every shard must know the
    // shard of an id. Ids of later sets therefore always name their column.
    this.#ids = new RowIds(header, this.#table, true);
  }

  /** Id of the last row, or null if that row was not left out. */
  get last_left_out(): string | null {
    return this.#last_length > 0 ? textOf(this.#ids.bytes, 0, this.#last_length) : null;
  }

  /** Takes the row at `bytes[from, to)`; its cells start at row `row` of `cells`. */
  take(
    bytes: CellTable["bytes"],
    cells: CellTable["cells"],
    row: number,
    from: number,
    to: number,
    is_uneven: boolean,
  ): Verdict {
    this.#table.bytes = bytes;
    this.#table.cells = cells;
    this.seen++;
    const verdict = this.#judge(row);
    if (verdict === "kept") this.#keep(row, from, to);
    else if (is_uneven) this.uneven_dropped++;
    if (verdict === "other") this.left_out++;
    return verdict;
  }

  #judge(row: number): Verdict {
    const { count, index } = this.shard;
    const length = this.#ids.read(row);
    const { bytes } = this.#ids;
    this.#last_length = 0;
    if (length === 0 && isBlankRow(this.#table, row)) return "blank";
    if (length === 0 || !isUtf8(bytes, 0, length)) {
      // Each shard counts them all, to refuse the bodies that a service without shards refuses.
      this.bad_ids++;
      return length === 0 ? noIdReason(this.header) : "not UTF-8";
    }
    if (crc32(bytes, length) % count === index) return "kept";
    this.#last_length = length;
    return "other";
  }

  /** Moves the row to the other kept ones. */
  #keep(row: number, from: number, to: number): void {
    const { bytes, cells, columns } = this.#table;
    const gap = from - this.end;
    if (gap > 0) {
      bytes.copyWithin(this.end, from, to);
      const at = row * (columns + 1);
      for (let c = at; c <= at + columns; c++) cells[c] -= gap;
    }
    this.end += to - from;
    // The last kept row may be in the middle of the body: once saved, it must not look truncated.
    if (bytes[this.end - 1] !== LF) bytes[this.end++] = LF;
  }

  /** Moves the row in progress, `bytes[from, to)`, to the kept rows; returns its end. */
  closeUp(bytes: CellTable["bytes"], from: number, to: number): number {
    if (from > this.end) {
      bytes.copyWithin(this.end, from, to);
      this.dropped_bytes += from - this.end;
    }
    return this.end + to - from;
  }
}
