/**
 * The verdict on freshness: one rule for `/stats`, `/metrics`, `/readyz`, the dashboard and alerts.
 *
 *     learned interval, settings ──> bound ──┐
 *     time of the snapshot, now ──> age ─────┴──> fresh, stale, unknown, none
 */
import type { FreshnessStats } from "../../contracts/mod.ts";
import { dataInterval } from "../poll/mod.ts";
import type { SnapshotData } from "../snapshot/mod.ts";
import type { HeldSource } from "../store.ts";
import { ageOf } from "./data_response.ts";

export interface FreshnessRules {
  /** FRESH_BOUND_MS; 0: learned. */
  readonly fresh_bound_ms: number;
  readonly poll_ms: number;
  /** MAX_STALE_MS, or Infinity. */
  readonly max_stale_ms: number;
}

/** Data intervals without new data after which data is stale; a poll may add its interval. */
const INTERVALS_STALE = 2;

/** The verdict on a source's data, whatever became of its polls. */
export function freshnessOf(
  { snapshot }: Pick<HeldSource, "snapshot">,
  rules: FreshnessRules,
  now_ms: number,
): FreshnessStats {
  const interval_ms = snapshot === null ? null : dataInterval(snapshot.data);
  const bound = boundOf(interval_ms, rules);
  const { bound_ms } = bound;
  return { state: stateOf(), ...bound, interval_ms };

  function stateOf(): FreshnessStats["state"] {
    if (snapshot === null) return "none";
    if (bound_ms === null) return "unknown";
    return ageOf(snapshot.data.taken_ms, now_ms) > bound_ms ? "stale" : "fresh";
  }
}

/** The age above which data is stale, at most MAX_STALE_MS; null if no bound is known. */
function boundOf(
  interval_ms: number | null,
  { fresh_bound_ms, poll_ms, max_stale_ms }: FreshnessRules,
): Pick<FreshnessStats, "bound_ms" | "bound_from"> {
  const [bound_ms, bound_from] = fresh_bound_ms > 0
    ? [fresh_bound_ms, "FRESH_BOUND_MS"] as const
    : interval_ms !== null
    ? [INTERVALS_STALE * interval_ms + poll_ms, "interval"] as const
    : [Infinity, null];
  if (bound_ms <= max_stale_ms && bound_from !== null) return { bound_ms, bound_from };
  if (max_stale_ms === Infinity) return { bound_ms: null, bound_from: null };
  return { bound_ms: max_stale_ms, bound_from: "MAX_STALE_MS" };
}

/** Rows older than the bound by their own time, else by the snapshot's, as GetMetric reports it. */
export function rowsOlderThan(
  { own_times, taken_ms, not_after_ms, table }: SnapshotData,
  bound_ms: number,
  now_ms: number,
): number {
  const isOlder = (time_ms: number) => ageOf(time_ms, now_ms) > bound_ms;
  const times_ms = own_times?.ascending ?? [];
  const dated = times_ms.length;
  const undated = isOlder(taken_ms) ? table.rows - dated : 0;
  if (isOlder(not_after_ms)) return dated + undated;
  let older = 0;
  for (let end = dated; older < end;) {
    const middle = (older + end) >> 1;
    if (isOlder(times_ms[middle])) older = middle + 1;
    else end = middle;
  }
  return older + undated;
}

/** Sources whose data is stale, as URLs. */
export function staleSources(
  sources: readonly HeldSource[],
  rules: FreshnessRules,
  now_ms: number,
): string[] {
  return sources.filter((held) => freshnessOf(held, rules, now_ms).state === "stale")
    .map(({ stats }) => stats.url);
}

/** Time of the oldest row; of the snapshot, if no row is older. */
export function oldestRowTime({ own_times, taken_ms }: SnapshotData): number {
  return Math.min(own_times?.ascending[0] ?? Infinity, taken_ms);
}
