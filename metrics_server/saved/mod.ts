/** Snapshots that outlive the process: in a folder, or in Redis. */
export { Keeper } from "./keeper.ts";
export { openStore } from "./open_store.ts";
export { type SnapshotStore, storeProblem } from "./snapshot_store.ts";
