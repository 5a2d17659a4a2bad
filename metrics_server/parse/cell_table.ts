/**
 * The parsed body: the bytes as they came and where each cell starts. No cell is copied, no object
 * is made for a row.
 *
 * Row `r`, column `c` spans `bytes[cells[r * stride + c], cells[r * stride + c + 1] - 1)` with
 * `stride = columns + 1`. A quoted cell's span includes its quotes.
 */
export interface CellTable {
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  /** Bytes of the body in `bytes`; what follows is spare. */
  readonly length: number;
  readonly cells: Uint32Array<SharedArrayBuffer>;
  readonly rows: number;
  readonly columns: number;
}

/** Start of a cell, as an index into `bytes`. */
export function cellStart(table: CellTable, row: number, column: number): number {
  return table.cells[row * (table.columns + 1) + column];
}

/** End of a cell, exclusive. */
export function cellEnd(table: CellTable, row: number, column: number): number {
  return table.cells[row * (table.columns + 1) + column + 1] - 1;
}
