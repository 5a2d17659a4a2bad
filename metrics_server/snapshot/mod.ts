/** Cell table → immutable snapshot: index, times, values, items as JSON. Pure. */
export { columnKinds, type ColumnSettings, NO_COLUMN_SETTINGS } from "./column_kinds.ts";
export { DEFLATE_INLINE_BYTES_MAX, type DeflatedItems, deflateItems } from "./deflated_items.ts";
export { type Indexed, indexRows, matchRows } from "./index_rows.ts";
export type { HashKey } from "./hash.ts";
export { itemsBytesMax, ItemsDemand, renderItems } from "./render_items.ts";
export { holdRepeatedRows, type RepeatedRows, repeatedRows } from "./repeated_ids.ts";
export { AUTO_TIMES, readRowTimes, type TimeSettings } from "./row_time.ts";
export type { EarlierSnapshot } from "./rates.ts";
export {
  agedTo,
  buffersOf,
  CountedSize,
  estimateItemsBytes,
  memoryOf,
  OLDER_BYTES_MAX,
  Snapshot,
  type SnapshotData,
} from "./snapshot.ts";
export type { Topology } from "./topology.ts";
export { cellToken, isNumber } from "./value.ts";
export { EPOCH_MS_MIN } from "./time_cell.ts";
