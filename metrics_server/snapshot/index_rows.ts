/** Table → topology: each row's id read, indexed, and its row dropped where the id is of no use. */
import { BAD_SAMPLES_MAX, cellStart, type CellTable, type Header, isUtf8 } from "../parse/mod.ts";
import { IdReader } from "./id_reader.ts";
import type { HashKey } from "./keyed_hash.ts";
import { sameId, slotOf, type Topology } from "./topology.ts";

const SLOTS_MIN = 16;

/** Rows matched between two calls of `afterPiece`: some tens of microseconds. */
const PIECE_ROWS = 1_024;

/** Expected bytes of an id; more are made room for. */
const ID_BYTES_EXPECTED = 24;

/** Microseconds since 1970 to begin with: a worker that replaces this one begins above its numbers. */
let last_serial = Math.floor(performance.timeOrigin * 1000);

/** A topology, and the table without the rows that have no id or one that came before. */
export interface Indexed {
  readonly topology: Topology;
  readonly table: CellTable;
  /** Rows whose id is empty in a part, or not UTF-8. */
  readonly empty_ids: number;
  /** Where the first few of them begin, as indexes into the body. */
  readonly empty_ids_at: readonly number[];
  /** Rows dropped because an earlier one has their id. */
  readonly repeated_ids: number;
}

/**
 * Makes a new topology. The cells of the rows kept move together in place.
 *
 * @param hash_key Taken where FNV-1a leads too many ids to the same slots: a source can make such
 *     ids on purpose, and each would be compared with all before it.
 */
export function indexRows(header: Header, table: CellTable, hash_key: HashKey): Indexed {
  return indexBy(header, table, null) ?? indexBy(header, table, hash_key)!;
}

/** Null where an id is too far from its slot. */
function indexBy(header: Header, table: CellTable, hash_key: HashKey | null): Indexed | null {
  const ids = new IdReader(header, table);
  const kept = new KeptRows(table);
  const index = {
    id_bytes: sharedBytes(Math.max(1024, table.rows * ID_BYTES_EXPECTED)),
    id_offsets: new Uint32Array(new SharedArrayBuffer((table.rows + 1) * 4)),
    slots: new Int32Array(new SharedArrayBuffer(slotCount(table.rows) * 4)),
    hash_key,
  };
  let end = 0;
  for (let row = 0; row < table.rows; row++) {
    const length = ids.read(row);
    if (length === 0 || !isUtf8(ids.bytes, 0, length)) {
      kept.dropEmpty(row);
      continue;
    }
    const slot = slotOf(index, ids.bytes, 0, length);
    if (slot < 0) return null;
    if (index.slots[slot] !== 0) {
      kept.dropRepeated();
      continue;
    }
    if (end + length > index.id_bytes.length) index.id_bytes = grown(index.id_bytes, end + length);
    const { id_bytes } = index;
    for (let i = 0; i < length; i++) id_bytes[end + i] = ids.bytes[i];
    end += length;
    index.id_offsets[kept.rows + 1] = end;
    kept.keep(row);
    index.slots[slot] = kept.rows;
  }
  return kept.indexed({ header, serial: ++last_serial, rows: kept.rows, ...index });
}

/**
 * The same as {@link indexRows} with `topology` as its result, or null where the sample has other
 * rows or columns, or the same ones in another order. Reads each id once and indexes nothing.
 *
 * @param afterPiece Called between pieces of the work, so that it can give way.
 */
export function matchRows(
  header: Header,
  table: CellTable,
  topology: Topology,
  afterPiece: () => void = () => {},
): Indexed | null {
  if (table.rows < topology.rows || !sameHeader(header, topology.header)) return null;
  const ids = new IdReader(header, table);
  const kept = new KeptRows(table);
  for (let row = 0; row < table.rows; row += PIECE_ROWS) {
    if (row > 0) afterPiece();
    if (!matchPiece(topology, ids, kept, row, Math.min(row + PIECE_ROWS, table.rows))) return null;
  }
  return kept.rows === topology.rows ? kept.indexed(topology) : null;
}

/**
 * Rows `[from, to)` of {@link matchRows}; false where they cannot match. A function of its own since
 * V8 compiles a loop that runs once a snapshot anew each time, and leaves it at its end.
 */
function matchPiece(
  topology: Topology,
  ids: IdReader,
  kept: KeptRows,
  from: number,
  to: number,
): boolean {
  const { id_bytes, id_offsets, slots } = topology;
  for (let row = from; row < to; row++) {
    const length = ids.read(row);
    if (
      kept.rows < topology.rows && sameId(ids.bytes, 0, length, id_bytes, id_offsets, kept.rows)
    ) {
      kept.keep(row);
    } else if (length === 0 || !isUtf8(ids.bytes, 0, length)) {
      kept.dropEmpty(row);
    } else {
      const slot = slotOf(topology, ids.bytes, 0, length);
      const found = slot < 0 ? -1 : slots[slot] - 1;
      if (found < 0 || found >= kept.rows) return false;
      kept.dropRepeated();
    }
  }
  return true;
}

/** Which rows stay. Moves nothing before all are known: a table that does not match stays whole. */
class KeptRows {
  rows = 0;
  #empty_ids = 0;
  #repeated_ids = 0;
  readonly #empty_ids_at: number[] = [];
  /** Rows kept since the first was dropped. */
  readonly #moved: number[] = [];
  #moved_from = -1;

  constructor(readonly table: CellTable) {}

  keep(row: number): void {
    if (this.#moved_from >= 0) this.#moved.push(row);
    this.rows++;
  }

  dropEmpty(row: number): void {
    this.#empty_ids++;
    if (this.#empty_ids_at.length < BAD_SAMPLES_MAX) {
      this.#empty_ids_at.push(cellStart(this.table, row, 0));
    }
    this.#drop();
  }

  dropRepeated(): void {
    this.#repeated_ids++;
    this.#drop();
  }

  indexed(topology: Topology): Indexed {
    return {
      topology,
      table: this.#together(),
      empty_ids: this.#empty_ids,
      empty_ids_at: this.#empty_ids_at,
      repeated_ids: this.#repeated_ids,
    };
  }

  #drop(): void {
    if (this.#moved_from < 0) this.#moved_from = this.rows;
  }

  /** Moves the kept rows' cells together; the body's bytes stay where they are. */
  #together(): CellTable {
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
  return a.names.length === b.names.length && a.names.every((name, c) => name === b.names[c]) &&
    a.identity.every((column, i) => column === b.identity[i]);
}

function slotCount(rows: number): number {
  let slots = SLOTS_MIN;
  while (slots < rows * 2) slots *= 2;
  return slots;
}

function sharedBytes(length: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(new SharedArrayBuffer(length));
}

function grown(bytes: Uint8Array<SharedArrayBuffer>, length: number) {
  const larger = sharedBytes(Math.max(length, bytes.length * 2));
  larger.set(bytes);
  return larger;
}
