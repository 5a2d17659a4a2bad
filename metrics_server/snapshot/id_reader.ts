/** Ids of a table's rows, one at a time and without an object a row. */
import { IDENTITY_SEPARATOR } from "../../contracts/mod.ts";
import { cellEnd, cellStart, type CellTable, type Header } from "../parse/mod.ts";

const SPACE = 32;
const QUOTE = 34;
const SEPARATOR = IDENTITY_SEPARATOR.charCodeAt(0);
const ID_BYTES_START = 256;

/**
 * Writes a row's id to `bytes`: the cells of the identity columns, unquoted, without white space
 * around them, joined by `:`.
 *
 * ```ts
 * const ids = new IdReader(header, table);
 * const length = ids.read(0); // the id is ids.bytes[0, length)
 * ```
 */
export class IdReader {
  bytes = new Uint8Array(ID_BYTES_START);
  readonly #identity: readonly number[];
  readonly #table: CellTable;

  constructor(header: Header, table: CellTable) {
    this.#identity = header.identity;
    this.#table = table;
  }

  /** Length of the id in bytes; 0 where any part of it is empty. */
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
    // One more for the separator that may follow.
    if (at + end - start + 1 > this.bytes.length) this.#grow(at + end - start + 1);
    const target = this.bytes;
    while (start < end && source[start] <= SPACE) start++;
    while (end > start && source[end - 1] <= SPACE) end--;
    const quoted = source[start] === QUOTE && end - start >= 2;
    if (quoted) {
      start++;
      end--;
      while (start < end && source[start] <= SPACE) start++;
      while (end > start && source[end - 1] <= SPACE) end--;
    }
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
