/** Cell table → immutable snapshot: index, times, values, items as JSON. Pure. */
export { type Indexed, indexRows, matchRows } from "./index_rows.ts";
export type { HashKey } from "./hash.ts";
export { ITEMS_BYTES_MAX, ItemsDemand, renderItems } from "./render_items.ts";
export { holdRepeatedRows, type RepeatedRows, repeatedRows } from "./repeated_ids.ts";
export { newestRowTime } from "./row_time.ts";
export { estimateItemsBytes, Snapshot, type SnapshotData } from "./snapshot.ts";
export { cellToken } from "./value.ts";
