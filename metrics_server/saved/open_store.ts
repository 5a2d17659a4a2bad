/** Opens the store that `SNAPSHOT_STORE` names. */
import { dialRedis, redisAddress } from "../redis/mod.ts";
import { fileStore } from "./file_store.ts";
import { redisStore } from "./redis_store.ts";
import { folderOf, type SnapshotStore } from "./snapshot_store.ts";

/** Longest reply of Redis: its own limit for a string, `proto-max-bulk-len`. */
const REPLY_BYTES_MAX = 512 * 1024 * 1024;

/** @param setting A valid SNAPSHOT_STORE. */
export function openStore(
  setting: string,
  later: (delay_ms: number, run: () => void) => () => void,
): SnapshotStore {
  const folder = folderOf(setting);
  if (folder !== null) return fileStore(folder);
  const address = redisAddress(setting);
  if (typeof address === "string") throw new TypeError(`SNAPSHOT_STORE: ${address}`);
  return redisStore({
    address,
    dial: dialRedis,
    later,
    random: Math.random,
    reply_bytes_max: REPLY_BYTES_MAX,
  });
}
