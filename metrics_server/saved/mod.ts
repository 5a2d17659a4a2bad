/** Snapshots that outlive the process: stored entries, and a folder of them. */
export { decodeEntry, encodeEntry, type Version } from "./entry.ts";
export { fileStore } from "./file_store.ts";
export { Keeper } from "./keeper.ts";
export {
  EntryError,
  folderOf,
  keyOf,
  rejectTooLong,
  sourceName,
  storeProblem,
} from "./snapshot_store.ts";
export { StoreHealth } from "./store_health.ts";
