/**
 * The rows and fields of a snapshot, without their values. They change rarely: most refreshes only
 * change values.
 */
import type { Header } from "../parse/mod.ts";
import { type HashKey, keyedHash, keyedHashText } from "./hash.ts";

const encoder = new TextEncoder();

/** Hash index of the rows' ids, for {@link slotOf}. */
interface IdIndex {
  /** Ids of all rows, concatenated, as UTF-8. */
  readonly id_bytes: Uint8Array;
  /** Row `r`'s id is `id_bytes[id_offsets[r], id_offsets[r + 1])`. */
  readonly id_offsets: Uint32Array;
  /** Open addressing: row + 1, or 0 if free. A power of two in length, at least 2 × `rows`. */
  readonly slots: Int32Array;
  /** Key of the hash behind the slots. */
  readonly hash_key: HashKey;
}

/** Structured-cloneable; the arrays are in shared memory. */
export interface Topology extends IdIndex {
  readonly header: Header;
  readonly serial: number;
  readonly rows: number;
  /** Index of each row's set in `header.identities`; null if there is one set. */
  readonly kinds: Uint8Array | null;
  /** Whether ids of all sets but the first name a column, because ids of two sets were equal. */
  readonly is_named: boolean;
}

export function findRow(topology: Topology, id: string): number {
  const key = byteString(id);
  const { id_bytes, id_offsets, slots, hash_key } = topology;
  const mask = slots.length - 1;
  for (let slot = keyedHashText(hash_key, key) & mask;; slot = (slot + 1) & mask) {
    const row = slots[slot] - 1;
    if (row < 0) return -1;
    const from = id_offsets[row];
    if (id_offsets[row + 1] - from !== key.length) continue;
    let i = 0;
    while (i < key.length && id_bytes[from + i] === key.charCodeAt(i)) i++;
    if (i === key.length) return row;
  }
}

/** Row of the id `bytes[start, end)`, or -1. */
export function findSameId(
  topology: Topology,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  return topology.slots[slotOf(topology, bytes, start, end)] - 1;
}

/** Slot of the id `bytes[start, end)`, or the free slot for it; half of the slots are free. */
export function slotOf(
  index: IdIndex,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const { id_bytes, id_offsets, slots, hash_key } = index;
  const mask = slots.length - 1;
  const hash = keyedHash(hash_key, bytes, start, end);
  for (let slot = hash & mask;; slot = (slot + 1) & mask) {
    const row = slots[slot] - 1;
    if (row < 0 || sameId(bytes, start, end, id_bytes, id_offsets, row)) return slot;
  }
}

/** Whether `bytes[start, end)` is the id of `row`. */
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

/** UTF-8 bytes of a text as a string of char codes below 256; ASCII is returned unchanged. */
function byteString(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) < 0x80) continue;
    let bytes = "";
    for (const byte of encoder.encode(text)) bytes += String.fromCharCode(byte);
    return bytes;
  }
  return text;
}
