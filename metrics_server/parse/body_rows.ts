/**
 * A body without its cells: only the starts of its rows. The cells of a row are found again if they
 * are needed, so that an earlier body costs its bytes alone.
 */
import type { Buffers } from "./buffers.ts";
import type { CellTable } from "./cell_table.ts";
import { newRowScan, scannerOf } from "./row_scanner.ts";

/** Structured-cloneable; its bytes are in shared memory. */
export interface BodyRows extends Omit<CellTable, "cells"> {
  readonly row_starts: Uint32Array<SharedArrayBuffer>;
}

/** The rows of a table, whose `cells` may be reused then. */
export function bodyRows({ cells, ...body }: CellTable, buffers: Buffers): BodyRows {
  const { rows, columns } = body;
  const bytes = rows * Uint32Array.BYTES_PER_ELEMENT;
  const row_starts = new Uint32Array(buffers.take(bytes, "rows"), 0, rows);
  for (let row = 0; row < rows; row++) row_starts[row] = cells[row * (columns + 1)];
  return { ...body, row_starts };
}

/** Finds the cells of one row after the other. */
export class RowReader {
  /** The row that was read last, as its only one. */
  readonly table: CellTable;
  readonly #scan = newRowScan();
  readonly #scanRow: ReturnType<typeof scannerOf>;
  /** Cells of a row that has not as many as the header. */
  #uneven = new Uint32Array(0);

  constructor(readonly body: BodyRows) {
    const { row_starts: _, ...rest } = body;
    const bytes = (body.columns + 1) * Uint32Array.BYTES_PER_ELEMENT;
    this.table = { ...rest, rows: 1, cells: new Uint32Array(new SharedArrayBuffer(bytes)) };
    this.#scan.delimiter = body.delimiter;
    this.#scanRow = scannerOf(body.delimiter);
  }

  read(row: number): void {
    const { bytes, length, columns, row_starts } = this.body;
    const { cells } = this.table;
    const scan = this.#scan;
    this.#scanRow(bytes, length, row_starts[row], true, columns, cells, 0, scan);
    if (scan.verdict === "row") return;
    const { cell_count } = scan;
    if (this.#uneven.length <= cell_count) this.#uneven = new Uint32Array(cell_count + 1);
    this.#scanRow(bytes, length, row_starts[row], true, cell_count, this.#uneven, 0, scan);
    const end = this.#uneven[Math.min(cell_count, columns)];
    // The cells that the row lacks are empty.
    for (let c = Math.min(cell_count, columns); c <= columns; c++) {
      cells[c] = end + Math.max(0, c - cell_count);
    }
  }
}
