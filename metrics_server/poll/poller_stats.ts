/** What is counted of one source's poller. */
import type { SourceStats } from "../../contracts/mod.ts";

/** `SourceStats` without what only the moment of asking can tell. */
export type PollerStats = Omit<SourceStats, "age_ms">;

/** Counters of a poller that has not polled yet. */
export function emptyStats(url: string): PollerStats {
  return {
    url: withoutCredentials(url),
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
    rows: 0,
    bad_rows: 0,
    repeated_ids: 0,
  };
}

/** A URL as it may be shown: user name and password taken out. */
export function withoutCredentials(url: string): string {
  const shown = new URL(url);
  shown.username = shown.password = "";
  return shown.href;
}
