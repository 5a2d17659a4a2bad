/** Faults of values and times: bytes in, bytes out; null where nothing was changed. */
import type { Random } from "../../vocabulary/mod.ts";
import type { Changed } from "./rows.ts";
import { columnRoles, parseTable, tableBytes } from "./table.ts";

const DIGITS = /^\d+$/;

/** Writes `N/A` into `share` of the value cells. */
export function floodNa(body: Uint8Array, share: number, random: Random): Changed {
  const table = parseTable(body);
  const { values } = columnRoles(table.header);
  let written = 0;
  for (const cells of table.rows) {
    for (const column of values) {
      if (column >= cells.length || random() >= share) continue;
      cells[column] = "N/A";
      written++;
    }
  }
  return written === 0 ? null : tableBytes(table);
}

/** What counters stood at when they were reset, by row and column. */
export type CounterZeros = Map<string, bigint>;

/** Rows × columns whose zero is remembered. */
export const COUNTER_ZEROS_MAX = 1_000_000;

/**
 * Counts from where the counter stood when it was first seen; that is put into `zeros`. A counter
 * is a value column with whole numbers only.
 *
 * ```ts
 * const zeros = new Map();
 * resetCounters(bytes("id,n\nx,40\n"), zeros); // "id,n\nx,0\n"
 * resetCounters(bytes("id,n\nx,42\n"), zeros); // "id,n\nx,2\n"
 * ```
 */
export function resetCounters(body: Uint8Array, zeros: CounterZeros): Changed {
  const table = parseTable(body);
  const { identity, values } = columnRoles(table.header);
  const counters = values.filter((column) =>
    table.rows.length > 0 && table.rows.every((cells) => DIGITS.test(cells[column] ?? ""))
  );
  for (const cells of table.rows) {
    const id = identity.map((column) => cells[column]).join(",");
    for (const column of counters) {
      const key = `${id}\0${table.header[column]}`;
      const count = BigInt(cells[column]);
      const zero = zeros.get(key) ?? count;
      if (zeros.size < COUNTER_ZEROS_MAX) zeros.set(key, zero);
      cells[column] = String(count < zero ? count : count - zero);
    }
  }
  return counters.length === 0 ? null : tableBytes(table);
}

/** Gives each row's own timestamp, in µs, to `change`; null where the rows have none. */
export function changeTimestamps(
  body: Uint8Array,
  change: (timestamp_us: bigint) => bigint,
): Changed {
  const table = parseTable(body);
  const { timestamp } = columnRoles(table.header);
  if (timestamp === null) return null;
  for (const cells of table.rows) {
    if (!DIGITS.test(cells[timestamp] ?? "")) continue;
    const changed = change(BigInt(cells[timestamp]));
    cells[timestamp] = String(changed < 0n ? 0n : changed);
  }
  return tableBytes(table);
}
