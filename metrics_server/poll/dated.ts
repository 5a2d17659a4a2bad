/** What dates a body: the times of its rows, else its answer. Pure. */
import type { RowTimesStats, TimeSource } from "../../contracts/mod.ts";
import type { Buffers, Header } from "../parse/mod.ts";
import { readRowTimes, type SnapshotData, type TimeSettings } from "../snapshot/mod.ts";
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
  readonly rows_ms: SnapshotData["rows_ms"];
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
  const { time_column, rows_ms, stats: row_times } = from_rows;
  const dated = time_column === null
    ? { time_source: from_headers.source, source_ts: from_headers.reported_ms }
    : { time_source: "rows" as const, source_ts: from_rows.newest_ms };
  return { ...dated, time_column, rows_ms, not_after_ms, row_times };
}
