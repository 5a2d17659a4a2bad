/**
 * Which rows and fields a sample has, apart from their values. It changes seldom; a refresh with the
 * same topology moves values only.
 */
import type { Header } from "../parse/mod.ts";
import { hashText } from "./hash.ts";

const encoder = new TextEncoder();

/** Structured-cloneable; the arrays lie in shared memory. */
export interface Topology {
  readonly header: Header;
  readonly rows: number;
  /** Ids of all rows, one after the other, as UTF-8. */
  readonly id_bytes: Uint8Array;
  /** Row `r`'s id is `id_bytes[id_offsets[r], id_offsets[r + 1])`. */
  readonly id_offsets: Uint32Array;
  /** Open addressing by FNV-1a: row + 1, 0 where free. A power of two, at least twice `rows`. */
  readonly slots: Int32Array;
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
  const { id_bytes, id_offsets, slots } = topology;
  const mask = slots.length - 1;
  for (let slot = hashText(key) & mask;; slot = (slot + 1) & mask) {
    const row = slots[slot] - 1;
    if (row < 0) return -1;
    const from = id_offsets[row];
    if (id_offsets[row + 1] - from !== key.length) continue;
    let i = 0;
    while (i < key.length && id_bytes[from + i] === key.charCodeAt(i)) i++;
    if (i === key.length) return row;
  }
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
