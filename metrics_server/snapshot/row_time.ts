/** Row timestamps: epoch microseconds, as UFM Telemetry writes them. */
import { cellEnd, cellStart, type CellTable, type Header } from "../parse/mod.ts";

const SPACE = 32;
const QUOTE = 34;

/** Range of plausible epoch microseconds: 2001 to 2286. Seconds and milliseconds fall outside. */
const EPOCH_US_MIN = 1e15;
const EPOCH_US_MAX = 1e16;

/**
 * Time of a row in epoch milliseconds, or NaN if the cell is not epoch microseconds in plain
 * digits. Quotes and spaces around the digits are ignored.
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

/** Clock skew of a row's time ahead of the fetch; a time further ahead is an error. */
const ROW_AHEAD_MS_MAX = 5_000;

/**
 * Newest row time of a table in epoch milliseconds, or NaN if no row has one. Times more than
 * {@link ROW_AHEAD_MS_MAX} ahead of `fetched_ms` count only if most rows have such times, because
 * of a wrong clock. A single one would make every later snapshot look older.
 */
export function newestRowTime(header: Header, table: CellTable, fetched_ms: number): number {
  let newest = NaN;
  let newest_ahead = NaN;
  let timed = 0;
  let ahead = 0;
  if (header.timestamp < 0) return newest;
  for (let row = 0; row < table.rows; row++) {
    const time = rowTime(table, row, header.timestamp);
    if (Number.isNaN(time)) continue;
    timed++;
    if (time > fetched_ms + ROW_AHEAD_MS_MAX) {
      ahead++;
      if (!(time <= newest_ahead)) newest_ahead = time;
    } else if (!(time <= newest)) newest = time;
  }
  return ahead * 2 > timed ? newest_ahead : newest;
}
