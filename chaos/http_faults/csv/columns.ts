/** Faults of columns: bytes in, bytes out; null where nothing was changed. */
import type { Changed } from "./rows.ts";
import { columnRoles, parseTable, type Table, tableBytes } from "./table.ts";

/** Value in the second column of a name: no gauge or counter is negative, so it shows if taken. */
export const SECOND_COLUMN_VALUE = "-1";

/** Appends a column with the name of the last value column, and other values. */
export function doubleColumn(body: Uint8Array): Changed {
  const table = parseTable(body);
  const { values } = columnRoles(table.header);
  if (values.length === 0) return null;
  const name = table.header[values[values.length - 1]];
  return tableBytes({
    ...table,
    header: [...table.header, name],
    rows: table.rows.map((cells) => [...cells, SECOND_COLUMN_VALUE]),
  });
}

/** Columns from last to first, header and rows alike; rows of another length stay as they are. */
export function reverseColumns(body: Uint8Array): Changed {
  const table = parseTable(body);
  if (table.header.length < 2) return null;
  const turn = (cells: string[]) =>
    cells.length === table.header.length ? cells.toReversed() : cells;
  const turned: Table = { ...table, header: turn(table.header), rows: table.rows.map(turn) };
  return tableBytes(turned);
}
