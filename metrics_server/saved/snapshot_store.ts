/** `SNAPSHOT_STORE`: where snapshots are kept, and under which key. */
import { createHash } from "node:crypto";
import { type Shard, shardText } from "../../contracts/mod.ts";
import { redisAddress } from "../redis/mod.ts";

/** Longest head of a stored snapshot: the lines before its body. */
const HEAD_BYTES_MAX = 128 * 1024;

/** A stored entry that cannot be used; the message says why. */
export class EntryError extends Error {
  override readonly name = "EntryError";
}

/** @throws {EntryError} if an entry of `length` bytes is too long to hold a body of `bytes_max`. */
export function rejectTooLong(length: number, bytes_max: number): void {
  const length_max = bytes_max + HEAD_BYTES_MAX;
  if (length > length_max) {
    throw new EntryError(`it has ${length} bytes: at most ${length_max} by UPSTREAM_MAX_BYTES`);
  }
}

/**
 * Name of a source in stores: its URL without credentials, and the shard of a process with SHARD,
 * whose body lacks the rows of the others.
 */
export function sourceName(url: string, shard?: Shard): string {
  return shard === undefined ? url : `${url} SHARD=${shardText(shard)}`;
}

/** Key of a source's entry: its name may be long, and hold characters that a file name may not. */
export function keyOf(source: string): string {
  return createHash("sha256").update(source).digest("hex").slice(0, 32);
}

const FILE = /^file:(?!\/\/)(.+)$/;

/** What `SNAPSHOT_STORE` must be; undefined if it is valid. */
export function storeProblem(setting: string): string | undefined {
  if (FILE.test(setting)) return undefined;
  if (!/^rediss?:/i.test(setting)) return "must be file:<folder>, redis://… or rediss://…";
  const address = redisAddress(setting);
  return typeof address === "string" ? address : undefined;
}

/** Folder of a `file:` setting, or null. */
export function folderOf(setting: string): string | null {
  return FILE.exec(setting)?.[1] ?? null;
}
