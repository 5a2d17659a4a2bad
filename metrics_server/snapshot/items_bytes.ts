/** How long the items of a snapshot will be, before any of them is made. Pure. */
import { SWITCH_ID_COLUMN } from "../../contracts/mod.ts";
import type { CellTable } from "../parse/mod.ts";
import type { Topology } from "./topology.ts";

/** Longest items that are made; those of 100,000 x 30 have about 60 MB. */
export const ITEMS_BYTES_MAX = 256 * 1024 * 1024;

/** Bytes the items will have, roughly; text that has to be escaped takes more. */
export function estimateItemsBytes(
  { table, topology }: { readonly table: CellTable; readonly topology: Topology },
): number {
  const names = topology.header.fields.reduce((sum, { name }) => sum + name.length + 4, 0);
  return table.length + table.rows * (names + SWITCH_ID_COLUMN.length + 8);
}
