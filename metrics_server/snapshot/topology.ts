/**
 * Which rows and fields a sample has, apart from their values. It changes seldom; a refresh with the
 * same topology moves values only.
 */
import type { Header } from "../parse/mod.ts";
import { hashBytes, hashText } from "./hash.ts";
import { type HashKey, keyedHash } from "./keyed_hash.ts";

/**
 * Most slots that one id is looked for in by FNV-1a. Honest ids need a few dozen at 100,000 rows;
 * a source that makes ids for one slot gets a keyed hash, which it cannot know.
 */
export const PROBES_MAX = 256;

const encoder = new TextEncoder();

/** Structured-cloneable; the arrays lie in shared memory. */
export interface Topology {
  readonly header: Header;
  /** No other topology of this process has it: what was worked out of one holds while it is the same. */
  readonly serial: number;
  readonly rows: number;
  /** Ids of all rows, one after the other, as UTF-8. */
  readonly id_bytes: Uint8Array;
  /** Row `r`'s id is `id_bytes[id_offsets[r], id_offsets[r + 1])`. */
  readonly id_offsets: Uint32Array;
  /** Open addressing: row + 1, 0 where free. A power of two, at least twice `rows`. */
  readonly slots: Int32Array;
  /** Key of the hash that leads to the slots, or null where that is FNV-1a. */
  readonly hash_key: HashKey | null;
}

/**
 * Row of an id, or -1.
 *
 * ```ts
 * findRow(topology, "sw-000"); // 0
 * ```
 */
export function findRow(topology: Topology, id: string): number {
  const key = byteString(id);
  const { id_bytes, id_offsets, slots, hash_key } = topology;
  const mask = slots.length - 1;
  let slot = (hash_key === null ? hashText(key) : keyedHashText(hash_key, key)) & mask;
  const probes_max = probesMax(topology);
  for (let probe = 0; probe < probes_max; probe++, slot = (slot + 1) & mask) {
    const row = slots[slot] - 1;
    if (row < 0) return -1;
    const from = id_offsets[row];
    if (id_offsets[row + 1] - from !== key.length) continue;
    let i = 0;
    while (i < key.length && id_bytes[from + i] === key.charCodeAt(i)) i++;
    if (i === key.length) return row;
  }
  return -1;
}

/** Row of an id that lies as `bytes[start, end)` in another topology, or -1. */
export function findSameId(
  topology: Topology,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const slot = slotOf(topology, bytes, start, end);
  return slot < 0 ? -1 : topology.slots[slot] - 1;
}

/** Slot of the id `bytes[start, end)`, or the free one where it belongs; -1 where that is too far. */
export function slotOf(
  index: Omit<Topology, "header" | "serial" | "rows">,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const { id_bytes, id_offsets, slots, hash_key } = index;
  const mask = slots.length - 1;
  const hash = hash_key === null
    ? hashBytes(bytes, start, end)
    : keyedHash(hash_key, bytes, start, end);
  const probes_max = probesMax(index);
  for (let probe = 0, slot = hash & mask; probe < probes_max; probe++, slot = (slot + 1) & mask) {
    const row = slots[slot] - 1;
    if (row < 0 || sameId(bytes, start, end, id_bytes, id_offsets, row)) return slot;
  }
  return -1;
}

/** Whether `bytes[start, end)` is that row's id. */
export function sameId(
  bytes: Uint8Array,
  start: number,
  end: number,
  id_bytes: Uint8Array,
  id_offsets: Uint32Array,
  row: number,
): boolean {
  const from = id_offsets[row];
  const length = end - start;
  if (id_offsets[row + 1] - from !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== id_bytes[from + i]) return false;
  return true;
}

/** Slots that an id can be in, counted from its first one. */
export function probesMax({ hash_key, slots }: Pick<Topology, "hash_key" | "slots">): number {
  return hash_key === null ? PROBES_MAX : slots.length;
}

function keyedHashText(key: HashKey, text: string): number {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return keyedHash(key, bytes, 0, bytes.length);
}

/** UTF-8 bytes of a text as a string of char codes below 256; ASCII comes back as it is. */
function byteString(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x80) continue;
    let bytes = "";
    for (const byte of encoder.encode(text)) bytes += String.fromCharCode(byte);
    return bytes;
  }
  return text;
}
