/** Table → topology: reads and indexes the id of each row, drops rows without a usable id. */
import {
  BAD_SAMPLES_MAX,
  type Buffers,
  cellStart,
  type CellTable,
  FRESH_BUFFERS,
  type Header,
  isBlankRow,
  isUtf8,
  RowIds,
} from "../parse/mod.ts";
import type { HashKey } from "./hash.ts";
import { sameId, slotOf, type Topology } from "./topology.ts";

const SLOTS_MIN = 16;

/** Rows matched between two calls of `pause`: some tens of microseconds. */
const BATCH_ROWS = 1_024;

/** Expected bytes of an id; longer ids are fine. */
const ID_BYTES_EXPECTED = 24;

/** Starts at the microseconds since 1970: a replacement worker continues above its predecessor. */
let last_serial = Math.floor(performance.timeOrigin * 1000);

/** A topology, and the table without rows whose id is missing or repeated. */
export interface Indexed {
  readonly topology: Topology;
  readonly table: CellTable;
  /** Rows without an id: empty cells, columns of one name that differ, or not UTF-8. */
  readonly empty_ids: number;
  /** Positions of the first few of them in the body. */
  readonly empty_ids_at: readonly number[];
  /** Rows dropped because an earlier one has their id. */
  readonly repeated_ids: number;
}

/**
 * Makes a new topology. Closes the gaps of dropped rows in `table.cells`, in place.
 *
 * @param hash_key Of the index; a source must not know it.
 * @param is_named Whether ids of the last topology name a column; these do too, to stay the same.
 */
export function indexRows(
  header: Header,
  table: CellTable,
  hash_key: HashKey,
  is_named = false,
  buffers: Buffers = FRESH_BUFFERS,
): Indexed {
  return indexBy(header, table, hash_key, is_named, buffers) ??
    indexBy(header, table, hash_key, true, buffers)!;
}

/** Null if rows of two sets have one id, and ids do not name a column. */
function indexBy(
  header: Header,
  table: CellTable,
  hash_key: HashKey,
  is_named: boolean,
  buffers: Buffers,
): Indexed | null {
  const { rows: rows_max } = table;
  const numbers = (count: number) => buffers.take(count * 4, "rows");
  const ids = new RowIds(header, table, is_named);
  const kept = new KeptRows(table);
  const kinds = header.identities.length > 1
    ? new Uint8Array(buffers.take(rows_max, "rows"), 0, rows_max)
    : null;
  const slots = slotCount(rows_max);
  const index = {
    id_bytes: new Uint8Array(buffers.take(rows_max * ID_BYTES_EXPECTED, "ids")),
    id_offsets: new Uint32Array(numbers(rows_max + 1), 0, rows_max + 1),
    slots: new Int32Array(numbers(slots), 0, slots).fill(0),
    hash_key,
  };
  index.id_offsets[0] = 0;
  let end = 0;
  for (let row = 0; row < table.rows; row++) {
    const length = ids.read(row);
    if (length === 0 || !isUtf8(ids.bytes, 0, length)) {
      kept.dropEmpty(row);
      continue;
    }
    const slot = slotOf(index, ids.bytes, 0, length);
    const same = index.slots[slot] - 1;
    if (same >= 0) {
      if (kinds !== null && kinds[same] !== ids.kind && !is_named) return null;
      kept.dropRepeated();
      continue;
    }
    if (end + length > index.id_bytes.length) {
      index.id_bytes = grown(index.id_bytes, end + length, buffers);
    }
    const { id_bytes } = index;
    for (let i = 0; i < length; i++) id_bytes[end + i] = ids.bytes[i];
    end += length;
    if (kinds !== null) kinds[kept.rows] = ids.kind;
    index.id_offsets[kept.rows + 1] = end;
    kept.keep(row);
    index.slots[slot] = kept.rows;
  }
  const { rows } = kept;
  return kept.indexed({ header, serial: ++last_serial, rows, kinds, is_named, ...index });
}

/**
 * Like {@link indexRows} if the result is `topology`; null if the table has other rows or columns,
 * or the same ones in another order. Reads each id once and indexes nothing.
 *
 * @param pause Called between batches of rows.
 */
export function matchRows(
  header: Header,
  table: CellTable,
  topology: Topology,
  pause: () => void = () => {},
): Indexed | null {
  if (table.rows < topology.rows || !sameHeader(header, topology.header)) return null;
  const ids = new RowIds(header, table, topology.is_named);
  const kept = new KeptRows(table);
  for (let row = 0; row < table.rows; row += BATCH_ROWS) {
    if (row > 0) pause();
    if (!matchBatch(topology, ids, kept, row, Math.min(row + BATCH_ROWS, table.rows))) return null;
  }
  return kept.rows === topology.rows ? kept.indexed(topology) : null;
}

/**
 * Rows `[from, to)` of {@link matchRows}; false if they do not match. A separate function, because
 * V8 optimises a function called often, but not a long loop that runs once per snapshot.
 */
function matchBatch(
  topology: Topology,
  ids: RowIds,
  kept: KeptRows,
  from: number,
  to: number,
): boolean {
  const { id_bytes, id_offsets, slots, kinds } = topology;
  for (let row = from; row < to; row++) {
    const length = ids.read(row);
    if (
      kept.rows < topology.rows && sameId(ids.bytes, 0, length, id_bytes, id_offsets, kept.rows)
    ) {
      if (kinds !== null && kinds[kept.rows] !== ids.kind) return false;
      kept.keep(row);
    } else if (length === 0 || !isUtf8(ids.bytes, 0, length)) {
      kept.dropEmpty(row);
    } else {
      const found = slots[slotOf(topology, ids.bytes, 0, length)] - 1;
      if (found < 0 || found >= kept.rows) return false;
      if (kinds !== null && kinds[found] !== ids.kind) return false;
      kept.dropRepeated();
    }
  }
  return true;
}

/** The rows to keep. Moves cells only at the end: a table that does not match stays unchanged. */
class KeptRows {
  rows = 0;
  #empty_ids = 0;
  #repeated_ids = 0;
  readonly #empty_ids_at: number[] = [];
  /** Rows kept after the first dropped one. */
  readonly #moved: number[] = [];
  #moved_from = -1;

  constructor(readonly table: CellTable) {}

  keep(row: number): void {
    if (this.#moved_from >= 0) this.#moved.push(row);
    this.rows++;
  }

  /** A row of empty cells, as spreadsheets append them, counts as a blank line. */
  dropEmpty(row: number): void {
    this.#drop();
    if (isBlankRow(this.table, row)) return;
    this.#empty_ids++;
    if (this.#empty_ids_at.length < BAD_SAMPLES_MAX) {
      this.#empty_ids_at.push(cellStart(this.table, row, 0));
    }
  }

  dropRepeated(): void {
    this.#repeated_ids++;
    this.#drop();
  }

  indexed(topology: Topology): Indexed {
    return {
      topology,
      table: this.#compact(),
      empty_ids: this.#empty_ids,
      empty_ids_at: this.#empty_ids_at,
      repeated_ids: this.#repeated_ids,
    };
  }

  #drop(): void {
    if (this.#moved_from < 0) this.#moved_from = this.rows;
  }

  /** Closes the gaps between the kept rows' cells; the body's bytes stay. */
  #compact(): CellTable {
    const { table } = this;
    if (this.#moved_from < 0) return table;
    const stride = table.columns + 1;
    this.#moved.forEach((row, i) => {
      const from = row * stride;
      table.cells.copyWithin((this.#moved_from + i) * stride, from, from + stride);
    });
    return { ...table, rows: this.rows };
  }
}

function sameHeader(a: Header, b: Header): boolean {
  return sameArray(a.names, b.names) && a.identities.length === b.identities.length &&
    a.identities.every((columns, kind) => sameArray(columns, b.identities[kind]));
}

function sameArray<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function slotCount(rows: number): number {
  let slots = SLOTS_MIN;
  while (slots < rows * 2) slots *= 2;
  return slots;
}

function grown(bytes: Uint8Array<SharedArrayBuffer>, length: number, buffers: Buffers) {
  const larger = new Uint8Array(buffers.take(Math.max(length, bytes.length * 2), "ids"));
  larger.set(bytes);
  buffers.give(bytes.buffer);
  return larger;
}
