/** Snapshots that outlive the process: in a folder, or in Redis. */
export { Keeper } from "./keeper.ts";
export { openStore } from "./open_store.ts";
export { type SnapshotStore, sourceName, storeProblem } from "./snapshot_store.ts";
