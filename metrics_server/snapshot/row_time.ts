/** Row timestamps: epoch microseconds, as UFM Telemetry writes them into each row. */
import { cellEnd, cellStart, type CellTable, type Header } from "../parse/mod.ts";

/** Range of plausible epoch microseconds: 2001 to 2286. Seconds and milliseconds fall outside. */
const EPOCH_US_MIN = 1e15;
const EPOCH_US_MAX = 1e16;

/** Time of a row in epoch milliseconds, or NaN where it has none. */
export function rowTime(table: CellTable, row: number, column: number): number {
  if (column < 0) return NaN;
  const end = cellEnd(table, row, column);
  let time_us = 0;
  for (let i = cellStart(table, row, column); i < end; i++) {
    const digit = table.bytes[i] - 48;
    if (digit < 0 || digit > 9) return NaN;
    time_us = time_us * 10 + digit;
  }
  return time_us >= EPOCH_US_MIN && time_us < EPOCH_US_MAX ? time_us / 1000 : NaN;
}

/** Newest row time of a table in epoch milliseconds, or NaN where no row has one. */
export function newestRowTime(header: Header, table: CellTable): number {
  let newest = NaN;
  if (header.timestamp < 0) return newest;
  for (let row = 0; row < table.rows; row++) {
    const time = rowTime(table, row, header.timestamp);
    if (!(time <= newest) && !Number.isNaN(time)) newest = time;
  }
  return newest;
}
