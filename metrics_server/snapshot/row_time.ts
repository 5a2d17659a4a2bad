/** Row timestamps: epoch microseconds, as UFM Telemetry writes them into each row. */
import { cellEnd, cellStart, type CellTable, type Header } from "../parse/mod.ts";

const SPACE = 32;
const QUOTE = 34;

/** Range of plausible epoch microseconds: 2001 to 2286. Seconds and milliseconds fall outside. */
const EPOCH_US_MIN = 1e15;
const EPOCH_US_MAX = 1e16;

/**
 * Time of a row in epoch milliseconds, or NaN where the cell is not epoch microseconds in plain
 * digits; quotes and spaces around them do not matter.
 */
export function rowTime(table: CellTable, row: number, column: number): number {
  if (column < 0) return NaN;
  const bytes = table.bytes;
  let i = cellStart(table, row, column);
  let end = cellEnd(table, row, column);
  while (i < end && (bytes[i] === SPACE || bytes[i] === QUOTE)) i++;
  while (end > i && (bytes[end - 1] === SPACE || bytes[end - 1] === QUOTE)) end--;
  let time_us = 0;
  for (; i < end; i++) {
    const digit = bytes[i] - 48;
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
    if (!Number.isNaN(time) && !(time <= newest)) newest = time;
  }
  return newest;
}
