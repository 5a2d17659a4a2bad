/**
 * Rates of counters, per second between a snapshot and the one before it. Each is computed when it
 * is requested, from the digits of both snapshots, so a refresh costs nothing for them.
 */
import { describeColumn } from "../../contracts/mod.ts";
import { type BodyRows, cellEnd, cellStart, type CellTable, RowReader } from "../parse/mod.ts";
import { type OwnTimes, rowTime, type TimeColumn } from "./row_time.ts";
import { findSameId, type Topology } from "./topology.ts";
import { cellToken } from "./value.ts";
import type { Column } from "./column_kinds.ts";
import {
  difference,
  isEqual,
  newWholeNumber,
  readWholeNumber,
  wholeNumber,
} from "./whole_number.ts";

/** The part of an earlier snapshot that rates need. Structured-cloneable. */
export interface EarlierSnapshot {
  readonly rows: BodyRows;
  readonly topology: Topology;
  readonly time_column: TimeColumn | null;
  /** Time from then to the newer snapshot, for rows without times; NaN if it is not known. */
  readonly elapsed_ms: number;
}

/** A snapshot whose counters have rates. */
export interface Rated {
  readonly table: CellTable;
  readonly topology: Topology;
  readonly own_times: OwnTimes | null;
  readonly columns: readonly Column[];
  readonly earlier: EarlierSnapshot | null;
}

/**
 * Largest growth per second that a wrap at 2^64 is believed for. A port of 1.6 Tb/s counts
 * 2 × 10^11 octets a second; a reset looks like a wrap only to a counter within hours of its end.
 */
const WRAP_PER_S_MAX = 1e12;

const RANGE_64 = wholeNumber(2n ** 64n);
const SATURATED_64 = wholeNumber(2n ** 64n - 1n);

const ZERO = wholeNumber(0n);

const NOT_KNOWN = "null";

export class Rates {
  /** The row that {@link #earlier} and {@link #elapsed_ms} belong to. */
  #row = -1;
  /** Its cells then. */
  readonly #earlier: RowReader | null;
  /** Time from then to now; NaN if it is not known. */
  #elapsed_ms = NaN;
  readonly #counters: readonly (Counter | null)[];
  readonly #now = newWholeNumber();
  readonly #then = newWholeNumber();

  constructor(readonly data: Rated) {
    const { topology: { header }, columns, earlier } = data;
    const counters: (Counter | null)[] = header.names.map(() => null);
    header.fields.forEach(({ name, column }, field) => {
      if (columns[field].kind === "counter") counters[column] = counterOf(name, earlier);
    });
    this.#counters = counters;
    this.#earlier = earlier && new RowReader(earlier.rows);
  }

  /** JSON token of a counter's rate; `null` if it is not known. */
  token(row: number, column: number): string {
    const { table, earlier } = this.data;
    const counter = this.#counters[column];
    if (earlier === null || counter === null) return NOT_KNOWN;
    const then = this.#earlier!.table;
    if (this.#row !== row) this.#elapsed_ms = this.#moveTo(row, earlier, this.#earlier!);
    if (!(this.#elapsed_ms > 0)) return NOT_KNOWN;
    const growth = this.#growth(
      counter,
      cellOf(table, row, column),
      cellOf(then, 0, counter.earlier_column),
    );
    return Number.isNaN(growth) ? NOT_KNOWN : String(growth * 1000 / this.#elapsed_ms);
  }

  /** Finds a row in the earlier snapshot, once for all columns. Time between; NaN without it. */
  #moveTo(row: number, earlier: EarlierSnapshot, reader: RowReader): number {
    const { topology, own_times } = this.data;
    this.#row = row;
    const earlier_row = earlierRow(topology, row, earlier.topology);
    if (earlier_row < 0) return NaN;
    reader.read(earlier_row);
    const now_ms = own_times === null ? NaN : own_times.by_row[row];
    const { time_column } = earlier;
    const then_ms = time_column === null ? NaN : rowTime(reader.table, 0, time_column);
    // Rows that have no time in either snapshot are as old as the snapshots.
    const is_dated = !Number.isNaN(now_ms) || !Number.isNaN(then_ms);
    return is_dated ? now_ms - then_ms : earlier.elapsed_ms;
  }

  /** Growth of a counter; NaN if a value is missing, or the counter was reset or has stopped. */
  #growth(counter: Counter, now: Cell, then: Cell): number {
    const [a, b] = [this.#now, this.#then];
    if (!readWholeNumber(...now, a) || !readWholeNumber(...then, b)) {
      const growth = numberOf(now) - numberOf(then);
      return growth >= 0 ? growth : NaN;
    }
    for (const stop of counter.stops) if (isEqual(a, stop) || isEqual(b, stop)) return NaN;
    const growth = difference(a, b);
    if (growth >= 0) return growth;
    const wrapped = difference(RANGE_64, b) + difference(a, ZERO);
    return wrapped * 1000 / this.#elapsed_ms <= WRAP_PER_S_MAX ? wrapped : NaN;
  }
}

type Cell = readonly [bytes: Uint8Array, start: number, end: number];

interface Counter {
  /** Values at which it stops counting. */
  readonly stops: readonly { readonly high: number; readonly low: number }[];
  readonly earlier_column: number;
}

function counterOf(name: string, earlier: EarlierSnapshot | null): Counter | null {
  const { fields } = earlier?.topology.header ?? { fields: [] };
  const field = fields.find((other) => other.name === name);
  if (field === undefined) return null;
  const own = wholeNumber(BigInt(describeColumn(name, "counter").saturated_at!));
  const stops = isEqual(own, SATURATED_64) ? [own] : [own, SATURATED_64];
  return { stops, earlier_column: field.column };
}

function cellOf(table: CellTable, row: number, column: number): Cell {
  return [table.bytes, cellStart(table, row, column), cellEnd(table, row, column)];
}

function earlierRow(topology: Topology, row: number, earlier: Topology): number {
  if (topology.serial === earlier.serial) return row;
  const { id_bytes, id_offsets } = topology;
  return findSameId(earlier, id_bytes, id_offsets[row], id_offsets[row + 1]);
}

/** The number in a cell that may have spaces, quotes or decimals; NaN without one. */
function numberOf([bytes, start, end]: Cell): number {
  const token = cellToken(bytes, start, end);
  return token === "null" || token.startsWith('"') ? NaN : Number(token);
}
