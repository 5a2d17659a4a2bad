/**
 * A snapshot id is `<boot>-<sequence>`: `boot` is random and changes at each start of the source,
 * the sequence counts its snapshots. An id is never reused for other data, even after a restart,
 * and a reader can distinguish a restarted source from one whose clock went back.
 *
 * It travels as the ETag's opaque tag, so only the characters `[0-9a-z-]` are used.
 */
import type { Shard } from "./shard.ts";

/** Joins the snapshot ids of a list from several sources. */
export const SNAPSHOT_ID_SEPARATOR = "+";

const SNAPSHOT_ID = /^([0-9a-z]+)-(\d+)(?:-\d+of\d+)?$/;

const SHARD_END = /-(\d+)of(\d+)$/;

/**
 * Boot part: the start's epoch milliseconds and 40 random bits, both in base 36.
 *
 * ```ts
 * bootId(1_764_000_000_000, 7); // "mid5ya4g00000007"
 * ```
 */
export function bootId(start_ms: number, random: number): string {
  const salt = Math.floor(random).toString(36).padStart(8, "0");
  return Math.floor(start_ms).toString(36) + salt;
}

/** Id of the `sequence`-th snapshot of a boot. */
export function snapshotId(boot: string, sequence: number): string {
  return `${boot}-${sequence}`;
}

/**
 * Id of a shard's snapshot: other shards hold other rows under the id of the same body.
 *
 * ```ts
 * shardedId("mid5ya4g00000007-12", { index: 1, count: 4 }); // "mid5ya4g00000007-12-1of4"
 * ```
 */
export function shardedId(id: string, { index, count }: Shard): string {
  return `${id}-${index}of${count}`;
}

/** Shard whose snapshot, or list of snapshots, has this id; null if the id names none. */
export function shardOfSnapshot(id: string): Shard | null {
  const match = SHARD_END.exec(id);
  return match && { index: Number(match[1]), count: Number(match[2]) };
}

/**
 * Boot part of an id, or null if the id has another form (a foreign source's ETag). The id of a
 * list from several sources has a boot part for each.
 *
 * ```ts
 * bootOf("a-5+b-1"); // "a+b"
 * ```
 */
export function bootOf(id: string): string | null {
  const boots = id.split(SNAPSHOT_ID_SEPARATOR).map((part) => SNAPSHOT_ID.exec(part)?.[1]);
  return boots.includes(undefined) ? null : boots.join(SNAPSHOT_ID_SEPARATOR);
}

/**
 * Opaque tag of an ETag: `"abc-1"` and `W/"abc-1"` give `abc-1`; null if it is not an ETag
 * (RFC 9110 §8.8.3).
 */
export function idOfEtag(etag: string | null): string | null {
  // deno-lint-ignore no-control-regex
  const match = etag === null ? null : /^(?:W\/)?"([^"\x00-\x20\x7f-\x9f]*)"$/.exec(etag.trim());
  return match === null || match[1] === "" ? null : match[1];
}
