/** `SNAPSHOT_STORE`: where snapshots are kept, and under which key. */
import { createHash } from "node:crypto";
import { shardText } from "../../contracts/mod.ts";
import { redactUrl } from "../../platform/mod.ts";
import type { PollerConfig } from "../poll/mod.ts";
import { redisAddress } from "../redis/mod.ts";

/** Longest head of a stored snapshot: the lines before its body. */
const HEAD_BYTES_MAX = 128 * 1024;

type NamedSource = Pick<PollerConfig, "url" | "shard" | "id_columns" | "row_times">;

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
 * Name of a source in stores: its URL without credentials, and the settings by which its snapshots
 * have other rows, ids or times. Processes that differ in them share nothing.
 *
 *     http://ufm:9001/csv/metrics SHARD=1/4 ID_COLUMNS=guid,port
 */
export function sourceName({ url, shard, id_columns, row_times }: NamedSource): string {
  const settings = {
    SHARD: shard === undefined ? "" : shardText(shard),
    ID_COLUMNS: id_columns.map((set) => set.join(",")).join("|"),
    TIME_COLUMN: row_times.column,
    TIME_UNIT: row_times.unit === "auto" ? "" : row_times.unit,
  };
  const set = Object.entries(settings).filter(([, value]) => value !== "");
  return [redactUrl(url), ...set.map(([name, value]) => `${name}=${value}`)].join(" ");
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
