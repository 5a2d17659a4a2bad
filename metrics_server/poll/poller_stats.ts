/** Counters and state of one source's poller, as `/stats` and `/metrics` show them. */
import type { RowTimesStats, SourceStats } from "../../contracts/mod.ts";
import { redactText, redactUrl } from "../../platform/mod.ts";
import type { Held } from "./accept.ts";
import type { Failure } from "./poll_error.ts";

/** Stats of one source's poller: `SourceStats` without what depends on the moment. */
export type PollerStats = Omit<
  SourceStats,
  "age_ms" | "oldest_row_age_ms" | "rows_stale" | "freshness"
>;

export function emptyStats(url: string): PollerStats {
  return {
    url: redactUrl(url),
    polls: 0,
    successes: 0,
    not_modified: 0,
    failures: 0,
    failures_by_cause: {},
    consecutive_failures: 0,
    last_success: null,
    last_error: null,
    backoff_ms: 0,
    circuit: "closed",
    snapshot_id: null,
    restored: false,
    time_source: null,
    row_times: null,
    rows: 0,
    bad_rows: 0,
    uneven_rows: 0,
    repeated_ids: 0,
    rows_left_out: 0,
    repeated_columns: [],
    replica: null,
  };
}

/** Counts a successful poll. */
export function countSuccess(stats: PollerStats, not_modified: boolean, epoch_ms: number): void {
  stats.polls++;
  stats.successes++;
  if (not_modified) stats.not_modified++;
  stats.consecutive_failures = 0;
  stats.backoff_ms = 0;
  stats.last_success = new Date(epoch_ms).toISOString();
  stats.circuit = "closed";
  stats.restored = false;
}

/** Counts a failed poll. */
export function countFailure(stats: PollerStats, failure: Failure, epoch_ms: number): void {
  const { cause, detail } = failure;
  stats.polls++;
  stats.failures++;
  stats.consecutive_failures++;
  stats.failures_by_cause[cause] = (stats.failures_by_cause[cause] ?? 0) + 1;
  stats.last_error = { cause, detail, at: new Date(epoch_ms).toISOString() };
}

/** Polls have stopped: the poller is neither failing nor waiting to try again. */
export function countPause(stats: PollerStats): void {
  stats.consecutive_failures = 0;
  stats.backoff_ms = 0;
  stats.circuit = "closed";
}

/** A copy to send, which later polls do not change. */
export function copyStats(stats: PollerStats): PollerStats {
  return { ...stats, failures_by_cause: { ...stats.failures_by_cause } };
}

/**
 * Takes over what the new current snapshot determines.
 *
 * @param secrets Credentials of the source, which its cells may repeat.
 */
export function describeHeld(
  stats: PollerStats,
  { snapshot, row_times }: Pick<Held, "snapshot" | "row_times">,
  secrets: readonly string[],
): void {
  stats.snapshot_id = snapshot.id;
  stats.time_source = snapshot.time_source;
  const detail = row_times?.detail && redactText(row_times.detail, secrets);
  stats.row_times = row_times && { ...row_times, detail: detail ?? null };
  stats.rows = snapshot.table.rows;
  stats.bad_rows = snapshot.bad_rows;
  stats.uneven_rows = snapshot.uneven_rows;
  stats.repeated_ids = snapshot.repeated_ids;
  stats.rows_left_out = snapshot.rows_left_out;
  stats.repeated_columns = snapshot.topology.header.repeated;
}

/** Whether two tables have the same problem with their times. The number of cells may vary. */
export function isReadAs(before: RowTimesStats | null, now: RowTimesStats | null): boolean {
  const was = before?.problem ?? null;
  const is = now?.problem ?? null;
  return was === is &&
    (is === null || before!.column === now!.column && before!.unit === now!.unit);
}
