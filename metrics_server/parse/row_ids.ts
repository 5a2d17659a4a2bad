/** The id of each row, from the columns that identify it. */
import { IDENTITY_SEPARATOR, PORT_TYPE_AGGREGATED } from "../../contracts/mod.ts";
import { cellEnd, cellStart, type CellTable, isQuoted } from "./cell_table.ts";
import type { Header } from "./header.ts";

const SPACE = 32;
const QUOTE = 34;
const SEPARATOR = IDENTITY_SEPARATOR.charCodeAt(0);
const AGGREGATED = PORT_TYPE_AGGREGATED.charCodeAt(0);
const ID_BYTES_START = 256;

const encoder = new TextEncoder();

/**
 * Writes a row's id to `bytes`: the cells of the identity columns, trimmed and unquoted, joined by
 * `:`.
 */
export class RowIds {
  bytes = new Uint8Array(ID_BYTES_START);
  /** Set of identity columns that the last id was read from. */
  kind = 0;
  readonly #header: Header;
  readonly #table: CellTable;
  /** Identity columns of a table with one kind of rows, else null. */
  readonly #only: readonly number[] | null;
  /** For each set of columns, the label before the last part of its ids, or null. */
  readonly #labels: readonly (Uint8Array | null)[];

  constructor(header: Header, table: CellTable, is_named: boolean) {
    const { identities, names, twins } = header;
    this.#header = header;
    this.#table = table;
    this.#only = identities.length === 1 && twins.length === 0 ? identities[0] : null;
    this.#labels = identities.map((columns, kind) => {
      if (!is_named || kind === 0) return null;
      const name = names[columns[columns.length - 1]].toLowerCase();
      return encoder.encode(name + IDENTITY_SEPARATOR);
    });
  }

  /** Length of the id in bytes; 0 if every set of columns has an empty cell in this row. */
  read(row: number): number {
    return this.#only !== null ? this.#join(row, this.#only) : this.#readKind(row);
  }

  /** By the first set of columns that has no empty cell; aggregated ports take theirs first. */
  #readKind(row: number): number {
    const { identities, aggregated, port_type, twins } = this.#header;
    for (const [column, other] of twins) if (!this.#agree(row, column, other)) return 0;
    const is_typed = port_type >= 0 && aggregated >= 0;
    if (is_typed && this.#isAggregated(row)) {
      const length = this.#readBy(row, aggregated);
      if (length > 0) return length;
    }
    for (let kind = 0; kind < identities.length; kind++) {
      if (is_typed && kind === aggregated) continue;
      const length = this.#readBy(row, kind);
      if (length > 0) return length;
    }
    return is_typed ? this.#readBy(row, aggregated) : 0;
  }

  /** Length of the id by one set of columns; 0 if a part of it is empty. */
  #readBy(row: number, kind: number): number {
    this.kind = kind;
    const columns = this.#header.identities[kind];
    const label = this.#labels[kind];
    const end = this.#join(row, columns);
    if (label === null || end === 0) return end;
    // The last part is written again after the id, to measure it.
    const last = this.#appendCell(row, columns[columns.length - 1], end) - end;
    if (end + label.length > this.bytes.length) this.#grow(end + label.length);
    this.bytes.copyWithin(end - last + label.length, end - last, end);
    this.bytes.set(label, end - last);
    return end + label.length;
  }

  #join(row: number, columns: readonly number[]): number {
    let length = 0;
    for (let part = 0; part < columns.length; part++) {
      if (part > 0) this.bytes[length++] = SEPARATOR;
      const start = cellStart(this.#table, row, columns[part]);
      const part_end = this.#append(start, cellEnd(this.#table, row, columns[part]), length);
      if (part_end === length) return 0;
      length = part_end;
    }
    return length;
  }

  #isAggregated(row: number): boolean {
    return this.#appendCell(row, this.#header.port_type, 0) === 1 &&
      this.bytes[0] === AGGREGATED;
  }

  #agree(row: number, column: number, other: number): boolean {
    const end = this.#appendCell(row, column, 0);
    if (this.#appendCell(row, other, end) !== 2 * end) return false;
    for (let i = 0; i < end; i++) if (this.bytes[i] !== this.bytes[end + i]) return false;
    return true;
  }

  #appendCell(row: number, column: number, at: number): number {
    return this.#append(cellStart(this.#table, row, column), cellEnd(this.#table, row, column), at);
  }

  #append(start: number, end: number, at: number): number {
    const source = this.#table.bytes;
    // Plus one byte for a separator.
    if (at + end - start + 1 > this.bytes.length) this.#grow(at + end - start + 1);
    const target = this.bytes;
    while (start < end && source[start] <= SPACE) start++;
    while (end > start && source[end - 1] <= SPACE) end--;
    const quoted = source[start] === QUOTE && isQuoted(source, start, end);
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
