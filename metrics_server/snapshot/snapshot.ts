/** One accepted body of a source; never changed. */
import { cellEnd, cellStart, type CellTable, textOf } from "../parse/mod.ts";
import { rateOf, SWITCH_ID_COLUMN, type TimeSource } from "../../contracts/mod.ts";
import type { Column } from "./column_kinds.ts";
import { type EarlierSnapshot, Rates } from "./rates.ts";
import type { OwnTimes, TimeColumn } from "./row_time.ts";
import { findRow, type Topology } from "./topology.ts";
import { cellToken } from "./value.ts";

/** Offset of the id, slots of the index, two times, start of the row. */
const BYTES_PER_ROW = 36;

/** A snapshot as data. Structured-cloneable; its bytes are in shared memory. */
export interface SnapshotData {
  /** Opaque; changes whenever the data does. */
  readonly id: string;
  /** The snapshot's own time in epoch milliseconds, never after {@link not_after_ms}. */
  readonly taken_ms: number;
  /** Latest possible time of its rows: the oldest of the fetch, the headers and caches' ages. */
  readonly not_after_ms: number;
  readonly time_source: TimeSource;
  /** Column and unit of the rows' own times; null if no times can be read. */
  readonly time_column: TimeColumn | null;
  /** The rows' own times; null if no times can be read. */
  readonly own_times: OwnTimes | null;
  /** Time between the data of this source's last snapshots, the newest last. */
  readonly intervals_ms: readonly number[];
  readonly table: CellTable;
  readonly topology: Topology;
  /** Kinds of `topology.header.fields`, in their order. */
  readonly columns: readonly Column[];
  /** The last snapshot before with another time; null without one, and without counters. */
  readonly earlier: EarlierSnapshot | null;
  readonly bad_rows: number;
  /** Rows served although they lack empty cells at their end, or have extra ones. */
  readonly uneven_rows: number;
  readonly repeated_ids: number;
  /** Rows of other shards in the body. */
  readonly rows_left_out: number;
}

/** The shared memory that a snapshot and its items are in. */
export function buffersOf(
  { table, topology, own_times, earlier }: SnapshotData,
  items: Uint8Array<SharedArrayBuffer> | null,
): Set<SharedArrayBuffer> {
  const parts = [
    ...[topology, earlier?.topology ?? topology].flatMap(
      ({ id_bytes, id_offsets, slots, kinds }) => [id_bytes, id_offsets, slots, kinds],
    ),
    ...[table.bytes, table.cells, own_times?.by_row, own_times?.ascending],
    ...[earlier?.rows.bytes, earlier?.rows.row_starts, items],
  ];
  return new Set(parts.flatMap((part) => part ? [part.buffer as SharedArrayBuffer] : []));
}

/** Bytes of memory that a snapshot takes, without its items and the snapshot before. */
export function memoryOf({ table, topology: { rows, id_offsets } }: SnapshotData): number {
  return table.length + table.rows * (table.columns + 1) * 4 + id_offsets[rows] +
    rows * BYTES_PER_ROW;
}

/** Most memory of replaced snapshots, for slow clients; 100,000 × 30 with its list has 100 MB. */
export const OLDER_BYTES_MAX = 128 * 1024 * 1024;

/**
 * What each of a source's snapshots counts for. Their memory is reused, so a small one counts as
 * the largest before it, if that may be kept.
 */
export class CountedSize {
  bytes = 0;

  /** A snapshot takes that much, with its items if they are rendered. */
  add(bytes: number): void {
    this.bytes = Math.max(bytes, Math.min(this.bytes, OLDER_BYTES_MAX));
  }
}

/** Estimates the bytes of all rows as JSON. Text that needs escapes takes more. */
export function estimateItemsBytes(
  { table, topology }: Pick<SnapshotData, "table" | "topology">,
): number {
  const names = topology.header.fields.reduce((sum, { name }) => sum + name.length + 4, 0);
  return table.length + table.rows * (names + SWITCH_ID_COLUMN.length + 8);
}

/** Reads single values from a {@link SnapshotData}. */
export class Snapshot {
  /** Estimated bytes of all rows as JSON. */
  readonly items_bytes: number;
  readonly #columns: ReadonlyMap<string, number>;
  #rates: Rates | null = null;

  constructor(readonly data: SnapshotData) {
    this.items_bytes = estimateItemsBytes(data);
    this.#columns = new Map(data.topology.header.fields.map(({ name, column }) => [name, column]));
  }

  /** Row of a switch, or -1. */
  row(switch_id: string): number {
    return findRow(this.data.topology, switch_id);
  }

  idOf(row: number): string {
    const { id_bytes, id_offsets } = this.data.topology;
    return textOf(id_bytes, id_offsets[row], id_offsets[row + 1]);
  }

  /** Column of a metric, or of a counter's rate; -1 without one. */
  column(metric: string): number {
    return this.#columns.get(metric) ?? this.#rateColumn(metric);
  }

  /** Rates follow the table's columns. */
  #rateColumn(metric: string): number {
    const of = rateOf(metric);
    const { topology: { header: { fields } }, columns, table } = this.data;
    const field = of === null ? -1 : fields.findIndex(({ name }) => name === of);
    if (field < 0) return -1;
    const { kind, kind_from } = columns[field];
    // Values may yet show that it is a counter.
    if (kind !== "counter" && kind_from !== "default") return -1;
    return table.columns + fields[field].column;
  }

  metrics(): string[] {
    return [...this.#columns.keys()];
  }

  /** JSON token of the value at a row and column. */
  token(row: number, column: number): string {
    const { table } = this.data;
    if (column >= table.columns) {
      return (this.#rates ??= new Rates(this.data)).token(row, column - table.columns);
    }
    return cellToken(table.bytes, cellStart(table, row, column), cellEnd(table, row, column));
  }

  /** JSON token of a metric, `null` without such a column. */
  named(row: number, metric: string): string {
    const column = this.column(metric);
    return column < 0 ? "null" : this.token(row, column);
  }

  /** The value at a row and column, with the row's own time if it has one. */
  read(row: number, column: number): { token: string; taken_ms: number } {
    return { token: this.token(row, column), taken_ms: this.takenMs(row) };
  }

  /** The row's own time if it has one, else the snapshot's. */
  takenMs(row: number): number {
    const { own_times, taken_ms, not_after_ms } = this.data;
    const time_ms = own_times === null ? NaN : own_times.by_row[row];
    return Number.isNaN(time_ms) ? taken_ms : Math.min(time_ms, not_after_ms);
  }
}

/** The same snapshot, known to be at least as old as `not_after_ms`. */
export function agedTo(data: SnapshotData, not_after_ms: number): SnapshotData {
  return { ...data, not_after_ms, taken_ms: Math.min(data.taken_ms, not_after_ms) };
}
