/** What dates a body, and how much later it is than the snapshot before. Pure. */
import type { RowTimesStats, TimeSource } from "../../contracts/mod.ts";
import { bodyRows, type Buffers, FRESH_BUFFERS, type Header } from "../parse/mod.ts";
import {
  type EarlierSnapshot,
  readRowTimes,
  type SnapshotData,
  type TimeSettings,
} from "../snapshot/mod.ts";
import type { Held } from "./accept.ts";
import { type AnswerTimes, dataTime } from "./data_time.ts";

export interface DateRules {
  readonly row_times: TimeSettings;
  /** Memory for the rows' times. */
  readonly buffers?: Buffers;
}

/** What dates a body. */
export interface Dated {
  readonly source_ts: number;
  readonly time_source: TimeSource;
  readonly time_column: SnapshotData["time_column"];
  readonly own_times: SnapshotData["own_times"];
  readonly not_after_ms: number;
  readonly row_times: RowTimesStats | null;
}

/** Whether the source itself dates its data; other times vary with the delay of the exchange. */
export function isOwnTime(time_source: TimeSource): boolean {
  return time_source === "rows" || time_source === "header";
}

export function date(
  { names }: Pick<Header, "names">,
  { table }: Pick<SnapshotData, "table">,
  times: AnswerTimes,
  { row_times: wanted, buffers }: DateRules,
): Dated {
  const from_headers = dataTime(times);
  const { not_after_ms } = from_headers;
  const from_rows = readRowTimes(names, table, times.answered_ms, wanted, buffers);
  const { time_column, own_times, stats: row_times } = from_rows;
  const dated = time_column === null
    ? { time_source: from_headers.source, source_ts: from_headers.reported_ms }
    : { time_source: "rows" as const, source_ts: from_rows.newest_ms };
  return { ...dated, time_column, own_times, not_after_ms, row_times };
}

/**
 * The snapshot that rates of the next one count from: the last one with another time. The times are
 * not limited to the fetch, because a source's clock that runs ahead still measures what passed.
 *
 * @param times Of the next snapshot's answer.
 */
export function earlierOf(
  held: Held | null,
  next: Dated,
  times: AnswerTimes,
  buffers: Buffers = FRESH_BUFFERS,
): EarlierSnapshot | null {
  if (held === null) return null;
  const { table, topology, time_column, time_source, earlier } = held.snapshot;
  // Times of two kinds have no common clock.
  const elapsed_ms = time_source === next.time_source
    ? clockOf(next.source_ts, times) - clockOf(held.source_ts, held.times)
    : NaN;
  if (elapsed_ms === 0) return earlier;
  const rows = bodyRows(table, buffers);
  return { rows, topology, time_column, elapsed_ms: elapsed_ms > 0 ? elapsed_ms : NaN };
}

/** The source's own time, or the latest possible one. */
function clockOf(source_ts: number, times: AnswerTimes): number {
  return Number.isNaN(source_ts) ? dataTime(times).not_after_ms : source_ts;
}
