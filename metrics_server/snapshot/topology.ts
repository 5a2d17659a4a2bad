/**
 * Which rows and fields a sample has, apart from their values. It changes seldom; a refresh with the
 * same topology moves values only.
 */
import { IDENTITY_SEPARATOR } from "../../contracts/mod.ts";
import { cellEnd, cellStart, type CellTable, type Header } from "../parse/mod.ts";
import { hashBytes, hashText } from "./hash.ts";

const QUOTE = 34;
const SEPARATOR = IDENTITY_SEPARATOR.charCodeAt(0);

/** Structured-cloneable; the arrays lie in shared memory. */
export interface Topology {
  readonly header: Header;
  readonly rows: number;
  /** Ids of all rows, one after the other, as UTF-8. */
  readonly id_bytes: Uint8Array;
  /** Row `r`'s id is `id_bytes[id_offsets[r], id_offsets[r + 1])`. */
  readonly id_offsets: Uint32Array;
  /** Open addressing: row + 1, 0 where free. A power of two, at least twice `rows`. */
  readonly slots: Int32Array;
}

/** A topology, and the table without the rows that have no id or one that came before. */
export interface Indexed {
  readonly topology: Topology;
  readonly table: CellTable;
  readonly empty_ids: number;
  readonly repeated_ids: number;
}

/** Whether the sample has the rows and columns of `topology`, in the same order. */
export function hasTopology(header: Header, table: CellTable, topology: Topology): boolean {
  if (table.rows !== topology.rows || !sameHeader(header, topology.header)) return false;
  const { id_bytes, id_offsets } = topology;
  const ids = new IdReader(header, table);
  for (let row = 0; row < table.rows; row++) {
    const length = ids.read(row);
    const from = id_offsets[row];
    if (length !== id_offsets[row + 1] - from) return false;
    for (let i = 0; i < length; i++) if (ids.bytes[i] !== id_bytes[from + i]) return false;
  }
  return true;
}

/** Reads every row's id and indexes it. Rows without an id, or with a repeated one, are dropped. */
export function indexRows(header: Header, table: CellTable): Indexed {
  const ids = new IdReader(header, table);
  let id_bytes = new Uint8Array(new SharedArrayBuffer(Math.max(1024, table.rows * 24)));
  const id_offsets = new Uint32Array(new SharedArrayBuffer((table.rows + 1) * 4));
  const slots = new Int32Array(new SharedArrayBuffer(slotCount(table.rows) * 4));
  const kept: number[] = [];
  let end = 0;
  let empty_ids = 0;
  let repeated_ids = 0;
  for (let row = 0; row < table.rows; row++) {
    const length = ids.read(row);
    if (length === 0) {
      empty_ids++;
      continue;
    }
    if (end + length > id_bytes.length) id_bytes = grown(id_bytes, end + length);
    id_bytes.set(ids.bytes.subarray(0, length), end);
    id_offsets[kept.length] = end;
    id_offsets[kept.length + 1] = end + length;
    if (insert(slots, id_bytes, id_offsets, kept.length)) {
      kept.push(row);
      end += length;
    } else repeated_ids++;
  }
  const topology = { header, rows: kept.length, id_bytes, id_offsets, slots };
  return { topology, table: keepRows(table, kept), empty_ids, repeated_ids };
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
    return String.fromCharCode(...new TextEncoder().encode(text.slice(0, 1024)));
  }
  return text;
}

/** False where the id is there already. */
function insert(slots: Int32Array, bytes: Uint8Array, offsets: Uint32Array, row: number): boolean {
  const from = offsets[row];
  const end = offsets[row + 1];
  const mask = slots.length - 1;
  for (let slot = hashBytes(bytes, from, end) & mask;; slot = (slot + 1) & mask) {
    const other = slots[slot] - 1;
    if (other < 0) {
      slots[slot] = row + 1;
      return true;
    }
    const other_from = offsets[other];
    if (offsets[other + 1] - other_from !== end - from) continue;
    let i = 0;
    while (i < end - from && bytes[from + i] === bytes[other_from + i]) i++;
    if (i === end - from) return false;
  }
}

function slotCount(rows: number): number {
  let slots = 16;
  while (slots < rows * 2) slots *= 2;
  return slots;
}

/** Moves the kept rows' cells together; the body's bytes stay where they are. */
function keepRows(table: CellTable, kept: readonly number[]): CellTable {
  if (kept.length === table.rows) return table;
  const stride = table.columns + 1;
  for (let row = 0; row < kept.length; row++) {
    const from = kept[row] * stride;
    table.cells.copyWithin(row * stride, from, from + stride);
  }
  return { ...table, rows: kept.length };
}

function sameHeader(a: Header, b: Header): boolean {
  return a.names.length === b.names.length && a.names.every((name, c) => name === b.names[c]) &&
    a.identity.every((column, i) => column === b.identity[i]);
}

function grown(bytes: Uint8Array<SharedArrayBuffer>, length: number) {
  const larger = new Uint8Array(new SharedArrayBuffer(Math.max(length, bytes.length * 2)));
  larger.set(bytes);
  return larger;
}

/** Writes one row's id, its parts unquoted and joined, to `bytes`. */
class IdReader {
  bytes = new Uint8Array(256);
  readonly #identity: readonly number[];
  readonly #table: CellTable;

  constructor(header: Header, table: CellTable) {
    this.#identity = header.identity;
    this.#table = table;
  }

  /** Length of the id; 0 where any part of it is empty. */
  read(row: number): number {
    let length = 0;
    for (let part = 0; part < this.#identity.length; part++) {
      const start = cellStart(this.#table, row, this.#identity[part]);
      const end = cellEnd(this.#table, row, this.#identity[part]);
      if (part > 0) this.bytes[length++] = SEPARATOR;
      const part_end = this.#append(start, end, length);
      if (part_end === length) return 0;
      length = part_end;
    }
    return length;
  }

  #append(start: number, end: number, at: number): number {
    const source = this.#table.bytes;
    if (at + end - start + 1 > this.bytes.length) this.#grow(at + end - start + 1);
    const target = this.bytes;
    const quoted = source[start] === QUOTE && end - start >= 2;
    if (quoted) {
      start++;
      end--;
    }
    while (start < end && source[start] <= 32) start++;
    while (end > start && source[end - 1] <= 32) end--;
    for (let i = start; i < end; i++) {
      target[at++] = source[i];
      if (quoted && source[i] === QUOTE) i++;
    }
    return at;
  }

  #grow(length: number): void {
    const larger = new Uint8Array(length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
