/** Faults of rows: bytes in, bytes out; null where nothing was changed. */
import type { Random } from "../../vocabulary/mod.ts";
import { parseTable, tableBytes } from "./table.ts";

/** Bytes of a body, or null where it was left as it is. */
export type Changed = Uint8Array<ArrayBuffer> | null;

/**
 * Tears `share` of the rows: each ends within its text, at least one cell short.
 *
 * ```ts
 * tearRows(bytes("id,a,b\nx,1,2\n"), 1, () => 0); // "id,a,b\nx\n"
 * ```
 */
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

/** Writes `share` of the rows twice, one after the other. */
export function doubleRows(body: Uint8Array, share: number, random: Random): Changed {
  const table = parseTable(body);
  const rows = table.rows.flatMap((cells) => random() < share ? [cells, cells] : [cells]);
  if (rows.length === table.rows.length) return null;
  return tableBytes({ ...table, rows });
}
