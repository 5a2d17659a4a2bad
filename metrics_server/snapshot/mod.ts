/** Cell table → immutable snapshot: index, times, values, prepared JSON. Pure. */
export { type Indexed, indexRows, matchRows } from "./index_rows.ts";
export type { HashKey } from "./keyed_hash.ts";
export { ITEMS_BYTES_MAX, ItemsDemand, renderItems } from "./render_items.ts";
export { holdRepeatedRows, type RepeatedRows, repeatedRows } from "./repeated_ids.ts";
export { newestRowTime, rowTime } from "./row_time.ts";
export { estimateItemsBytes, type Reading, Snapshot, type SnapshotData } from "./snapshot.ts";
export { findRow, findSameId, PROBES_MAX, type Topology } from "./topology.ts";
export { cellToken } from "./value.ts";
