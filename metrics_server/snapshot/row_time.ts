/** Times of rows: which column has them, in which unit, and the newest of a table. */
import {
  ROW_TIME_COLUMNS,
  type RowTimesProblem,
  type RowTimesStats,
  TIME_UNITS,
  type TimeUnit,
} from "../../contracts/mod.ts";
import { printable } from "../../platform/mod.ts";
import {
  BAD_ROWS_MAX_PCT,
  type Buffers,
  cellEnd,
  cellStart,
  type CellTable,
  cellText,
  EXCERPT_MAX,
  FRESH_BUFFERS,
} from "../parse/mod.ts";
import { MISSING, newTimeCell, readTimeCell } from "./time_cell.ts";

/** TIME_COLUMN and TIME_UNIT. */
export interface TimeSettings {
  /** Name of the column, in any case; empty: the first of {@link ROW_TIME_COLUMNS}. */
  readonly column: string;
  /** The only unit that is read, or `auto`: the unit of most cells. */
  readonly unit: TimeUnit | "auto";
}

export const AUTO_TIMES: TimeSettings = { column: "", unit: "auto" };

/** Column and unit of the rows' times. Structured-cloneable. */
export interface TimeColumn {
  readonly column: number;
  /** Index of {@link TIME_UNITS}. */
  readonly unit: number;
}

/** Times of rows in epoch milliseconds. Structured-cloneable, in shared memory. */
export interface OwnTimes {
  /** NaN for rows without a time in the column's unit. */
  readonly by_row: Float64Array<SharedArrayBuffer>;
  /** All times, without NaN. */
  readonly ascending: Float64Array<SharedArrayBuffer>;
}

interface RowTimes {
  /** Newest time in epoch milliseconds; NaN if rows have no readable times. */
  readonly newest_ms: number;
  /** Null if rows have no readable times. */
  readonly time_column: TimeColumn | null;
  /** Null if rows have no readable times. */
  readonly own_times: OwnTimes | null;
  /** Null without a time column. */
  readonly stats: RowTimesStats | null;
}

const shared_cell = newTimeCell();

/** Time of a row in epoch milliseconds, or NaN if the cell has none in the column's unit. */
export function rowTime(table: CellTable, row: number, { column, unit }: TimeColumn): number {
  const cell = shared_cell;
  readTimeCell(table.bytes, cellStart(table, row, column), cellEnd(table, row, column), cell);
  return cell.unit === unit ? cell.ms : NaN;
}

/** Clock skew of a row's time ahead of the fetch; a time further ahead is an error. */
const ROW_AHEAD_MS_MAX = 5_000;

/** The times of one unit. */
class Times {
  count = 0;
  newest = NaN;
  /** Times more than {@link ROW_AHEAD_MS_MAX} ahead of the fetch. */
  ahead = 0;
  newest_ahead = NaN;

  add(time_ms: number, fetched_ms: number): void {
    this.count++;
    if (time_ms > fetched_ms + ROW_AHEAD_MS_MAX) {
      this.ahead++;
      if (!(time_ms <= this.newest_ahead)) this.newest_ahead = time_ms;
    } else if (!(time_ms <= this.newest)) this.newest = time_ms;
  }

  get is_mostly_ahead(): boolean {
    return this.ahead * 2 > this.count;
  }
}

/** Cells of a time column, counted. */
interface Counted {
  readonly filled: number;
  readonly unread: number;
  /** Times of another unit, also counted in `unread`. */
  readonly other_units: number;
  /** Times without UTC offset. */
  readonly local: number;
  /** Whether TIME_UNIT is set. */
  readonly is_forced: boolean;
  readonly ahead: boolean;
}

/** Reads the times of all rows from the first time column whose times are readable. */
export function readRowTimes(
  names: readonly string[],
  table: CellTable,
  fetched_ms: number,
  wanted: TimeSettings,
  buffers: Buffers = FRESH_BUFFERS,
): RowTimes {
  // The shard of this service may have no rows.
  if (table.rows === 0) return { ...NO_TIMES, stats: null };
  let first: RowTimes | null = null;
  for (const column of timeColumns(names, wanted.column)) {
    const read = readColumn(names[column], table, fetched_ms, column, wanted.unit, buffers);
    if (read.time_column !== null) return read;
    first ??= read;
  }
  return first ?? { ...NO_TIMES, stats: lacking(names, wanted.column) };
}

/**
 * Reads the times of one column. The unit of most cells counts for the whole body: if over
 * {@link BAD_ROWS_MAX_PCT} of the cells that are not empty differ, no time counts. A time far ahead
 * of `fetched_ms` counts only if most are, because of a wrong clock; a single one would make every
 * later snapshot look older.
 */
function readColumn(
  name: string,
  table: CellTable,
  fetched_ms: number,
  column: number,
  wanted_unit: TimeSettings["unit"],
  buffers: Buffers,
): RowTimes {
  const by_row = timesOf(table.rows, buffers);
  const units = new Int8Array(table.rows).fill(MISSING);
  const times = TIME_UNITS.map(() => new Times());
  const cell = newTimeCell();
  let filled = 0;
  let local = 0;
  for (let row = 0; row < table.rows; row++) {
    readTimeCell(table.bytes, cellStart(table, row, column), cellEnd(table, row, column), cell);
    if (cell.unit === MISSING) continue;
    filled++;
    if (cell.is_local) local++;
    by_row[row] = cell.ms;
    units[row] = cell.unit;
    if (cell.unit >= 0) times[cell.unit].add(cell.ms, fetched_ms);
  }
  const unit = wanted_unit === "auto" ? mostCommon(times) : TIME_UNITS.indexOf(wanted_unit);
  const own = times[unit];
  const counted = {
    filled,
    unread: filled - own.count,
    other_units: times.reduce((sum, { count }) => sum + count, -own.count),
    local,
    is_forced: wanted_unit !== "auto",
    ahead: own.is_mostly_ahead,
  };
  const problem = problemOf(counted);
  const is_readable = problem === null || USED_NEVERTHELESS.includes(problem);
  const time_column = { column, unit };
  return {
    newest_ms: !is_readable ? NaN : own.is_mostly_ahead ? own.newest_ahead : own.newest,
    time_column: is_readable ? time_column : null,
    own_times: is_readable ? ownTimes(by_row, units, unit, buffers) : null,
    stats: {
      column: name,
      unit: is_readable ? TIME_UNITS[unit] : null,
      unread_cells: counted.unread,
      problem,
      detail: problem && describe(problem, counted, table, time_column),
    },
  };
}

const NO_TIMES = { newest_ms: NaN, time_column: null, own_times: null };

function timesOf(rows: number, buffers: Buffers): Float64Array<SharedArrayBuffer> {
  return new Float64Array(buffers.take(rows * 8, "rows"), 0, rows);
}

/** Keeps the times of one unit. */
function ownTimes(
  by_row: Float64Array<SharedArrayBuffer>,
  units: Int8Array,
  unit: number,
  buffers: Buffers,
): OwnTimes {
  const times = timesOf(by_row.length, buffers);
  let kept = 0;
  let is_sorted = true;
  for (let row = 0; row < by_row.length; row++) {
    if (units[row] !== unit) by_row[row] = NaN;
    else {
      is_sorted &&= kept === 0 || times[kept - 1] <= by_row[row];
      times[kept++] = by_row[row];
    }
  }
  const ascending = times.subarray(0, kept);
  return { by_row, ascending: is_sorted ? ascending : ascending.sort() };
}

const USED_NEVERTHELESS: readonly RowTimesProblem[] = ["few_unread", "no_offset", "ahead"];

/** Columns that may have the times, the preferred ones first. */
function timeColumns(names: readonly string[], wanted: string): number[] {
  const lower = names.map((name) => name.toLowerCase());
  const candidates = wanted === "" ? ROW_TIME_COLUMNS : [wanted.toLowerCase()];
  return candidates.flatMap((name) => [...lower.keys()].filter((column) => lower[column] === name));
}

/** Stats of a table without a time column; null unless TIME_COLUMN is set. */
function lacking(names: readonly string[], wanted: string): RowTimesStats | null {
  if (wanted === "") return null;
  const detail = `TIME_COLUMN=${wanted} is no column of ${excerptOf(names.join(","))}`;
  return { column: wanted, unit: null, unread_cells: 0, problem: "no_column", detail };
}

function mostCommon(times: readonly Times[]): number {
  return times.reduce((most, { count }, unit) => count > times[most].count ? unit : most, 0);
}

function problemOf(counted: Counted): RowTimesProblem | null {
  const { filled, unread, other_units, local, ahead, is_forced } = counted;
  if (filled === 0) return "no_times";
  if (unread * 100 > filled * BAD_ROWS_MAX_PCT) {
    return other_units * 2 > unread && other_units < filled ? "mixed_units" : "unreadable";
  }
  if (ahead) return "ahead";
  if (unread > 0) return "few_unread";
  return local > 0 && !is_forced ? "no_offset" : null;
}

/** A problem with its values, and what to do. */
function describe(
  problem: RowTimesProblem,
  { filled, unread, local, is_forced }: Counted,
  table: CellTable,
  time_column: TimeColumn,
): string {
  const units = filled === unread && !is_forced
    ? `in ${TIME_UNITS.join(", ")}`
    : `in ${TIME_UNITS[time_column.unit]}`;
  const example = () => excerptOf(firstUnread(table, time_column));
  switch (problem) {
    case "no_times":
      return `no row of ${table.rows} has a time: name another column in TIME_COLUMN`;
    case "mixed_units":
      return `${unread} of ${filled} times have another unit than ${
        TIME_UNITS[time_column.unit]
      }, ` +
        `such as ${example()}: choose one in TIME_UNIT, or correct them at the source`;
    case "unreadable":
      return `${unread} of ${filled} cells are no times ${units}, such as ${example()}: ` +
        "correct them, or set TIME_COLUMN or TIME_UNIT";
    case "few_unread":
      return `${unread} of ${filled} cells are no times in ${
        TIME_UNITS[time_column.unit]
      }, such as ` +
        `${example()}: these rows have the snapshot's time`;
    case "no_offset":
      return `${local} of ${filled} times have no UTC offset and count as UTC: ` +
        "write Z at the source, or confirm UTC by TIME_UNIT=iso8601";
    default:
      return "most times are more than " +
        `${ROW_AHEAD_MS_MAX} ms ahead of this machine's clock and count as the time of the fetch: synchronize both clocks`;
  }
}

/** Text of the first cell that is neither missing nor a time in the column's unit. */
function firstUnread(table: CellTable, { column, unit }: TimeColumn): string {
  const cell = newTimeCell();
  for (let row = 0; row < table.rows; row++) {
    const start = cellStart(table, row, column);
    const end = cellEnd(table, row, column);
    readTimeCell(table.bytes, start, end, cell);
    if (cell.unit !== MISSING && cell.unit !== unit) return cellText(table.bytes, start, end);
  }
  return "";
}

function excerptOf(text: string): string {
  const shown = text.length > EXCERPT_MAX ? `${text.slice(0, EXCERPT_MAX)}…` : text;
  return printable(JSON.stringify(shown));
}
