/**
 * Shards: a process with `SHARD=i/n` keeps the rows whose id has `crc32(id) % n = i`. HAProxy's
 * `crc32,mod(n)` is the same function.
 */

/** Most shards of one fabric. */
export const SHARDS_MAX = 64;

export interface Shard {
  /** From 0 to `count` − 1. */
  readonly index: number;
  readonly count: number;
}

/**
 * Reads `i/n`; null for another text.
 *
 * ```ts
 * readShard("1/4"); // { index: 1, count: 4 }
 * ```
 */
export function readShard(text: string): Shard | null {
  const match = /^(0|[1-9]\d?)\/([1-9]\d?)$/.exec(text);
  if (match === null) return null;
  const [index, count] = [Number(match[1]), Number(match[2])];
  return index < count && count <= SHARDS_MAX ? { index, count } : null;
}

/** The shard as `SHARD` and `X-Shard` spell it: `1/4`. */
export function shardText({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/** Index of the shard that an id belongs to. */
export function shardOfId(id: string, count: number): number {
  const bytes = encoder.encode(id);
  return crc32(bytes, bytes.length) % count;
}

/** CRC-32 of the first `length` bytes, as in IEEE 802.3, zlib and HAProxy. */
export function crc32(bytes: Uint8Array, length: number): number {
  let crc = -1;
  for (let i = 0; i < length; i++) crc = TABLE[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

const encoder = new TextEncoder();

/** Polynomial 0x04c11db7, its bits reversed. */
const POLYNOMIAL = 0xedb88320;

/** The CRC of each byte. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? POLYNOMIAL ^ (crc >>> 1) : crc >>> 1;
  return crc;
});
