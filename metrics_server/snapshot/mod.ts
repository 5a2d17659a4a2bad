/** Cell table → immutable snapshot: index, times, values, prepared JSON. Pure. */
export * from "./render_items.ts";
export * from "./row_time.ts";
export * from "./snapshot.ts";
export * from "./topology.ts";
export { cellToken } from "./value.ts";
