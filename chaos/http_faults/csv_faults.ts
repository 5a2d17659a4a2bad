/** Faults of a CSV body. Each returns null if it changes nothing. */
import { IDENTITY_SEPARATOR } from "../../contracts/mod.ts";
import { isRemoved, type Random } from "../vocabulary/mod.ts";
import { columnRoles, parseTable, tableBytes } from "./csv_table.ts";

export type Changed = Uint8Array<ArrayBuffer> | null;

/** Truncates `share` of the rows: each loses a cell or more and keeps at least a character. */
export function tearRows(body: Uint8Array, share: number, random: Random): Changed {
  const table = parseTable(body);
  let torn = 0;
  table.rows = table.rows.map((cells) => {
    if (random() >= share || cells.length < 2) return cells;
    torn++;
    const line = cells.slice(0, -1).join(",");
    return [line.slice(0, 1 + Math.floor(random() * line.length))];
  });
  return torn === 0 ? null : tableBytes(table);
}

/** Repeats `share` of the rows. */
export function doubleRows(body: Uint8Array, share: number, random: Random): Changed {
  const table = parseTable(body);
  const rows = table.rows.flatMap((cells) => random() < share ? [cells, cells] : [cells]);
  if (rows.length === table.rows.length) return null;
  return tableBytes({ ...table, rows });
}

/** Leaves out the rows of `share` of the switches, always the same ones. */
export function removeRows(body: Uint8Array, share: number): Changed {
  const table = parseTable(body);
  const { identity } = columnRoles(table.header);
  const rows = table.rows.filter((cells) =>
    !isRemoved(identity.map((column) => cells[column]).join(IDENTITY_SEPARATOR), share)
  );
  return rows.length === table.rows.length ? null : tableBytes({ ...table, rows });
}

/** Value in the second identity column: no switch has this id. */
const SECOND_COLUMN_VALUE = "-1";

/** Appends a column with the name of the first identity column: no row has one identity. */
export function doubleColumn(body: Uint8Array): Changed {
  const table = parseTable(body);
  const [identity] = columnRoles(table.header).identity;
  return tableBytes({
    ...table,
    header: [...table.header, table.header[identity]],
    rows: table.rows.map((cells) => [...cells, SECOND_COLUMN_VALUE]),
  });
}

/** Reverses the columns of the header and of every whole row. */
export function reverseColumns(body: Uint8Array): Changed {
  const { header, rows, ...ends } = parseTable(body);
  if (header.length < 2) return null;
  const reversed = rows.map((cells) => cells.length === header.length ? cells.toReversed() : cells);
  return tableBytes({ ...ends, header: header.toReversed(), rows: reversed });
}

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

/** First value of each counter, by row and column. */
export type CounterZeros = Map<string, bigint>;

/** Most rows × columns whose first value is kept. */
const COUNTER_ZEROS_MAX = 1_000_000;

/** Subtracts each counter's first value, kept in `zeros`. Counters are columns of whole numbers. */
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

/** Changes each row's own timestamp, in µs; null if the rows have none. */
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
