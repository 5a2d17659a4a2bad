/** `GET /healthz`, `/readyz` and `/stats`. */
import {
  type EndpointStats,
  type LatencyStats,
  type ReadyAnswer,
  shardText,
  type SourceStats,
  type StatsAnswer,
  VERSION,
} from "../../contracts/mod.ts";
import { type LatencyWindow, mergeLatency } from "../../platform/mod.ts";
import type { HeldSource, Store } from "../store.ts";
import { ENDPOINTS, firstByteOf, LONG_ENDPOINTS } from "./endpoints.ts";
import { ageOf } from "./data_response.ts";
import { freshnessOf, oldestRowTime, rowsOlderThan, staleSources } from "./freshness.ts";
import type { ServeLimits } from "./get_metric.ts";
import { noSnapshot, stopping, tooStale } from "./problems.ts";

const NO_STORE = { headers: { "cache-control": "no-store" } };

/** Liveness: the process responds. */
export function healthz(): Response {
  return Response.json({ ok: true }, NO_STORE);
}

/**
 * Readiness: one source, or all by READY_REQUIRES, have data within MAX_STALE_MS. The verdict on
 * freshness only names sources; it never makes the service unready.
 */
export function readyz(
  store: Store,
  limits: ServeLimits,
  now_ms: number,
  is_stopping: boolean,
): Response {
  if (is_stopping) return stopping();
  const { max_stale_ms, retry_after_s } = limits;
  const requires_all = limits.ready_requires === "all";
  const delivered = store.delivered();
  const missing = store.sources.filter(({ snapshot }) => snapshot === null);
  const stale_sources = staleSources(delivered, limits, now_ms);
  const named = { missing_sources: store.missing(), stale_sources };
  if (delivered.length === 0 || requires_all && missing.length > 0) {
    const reasons = missing.map(({ stats }) =>
      stats.last_error === null ? stats.url : `${stats.url} (${stats.last_error.cause})`
    );
    return noSnapshot(reasons, retry_after_s, named);
  }
  const ages = delivered.map(({ snapshot }) => ageOf(snapshot!.data.taken_ms, now_ms));
  const age_ms = Math.min(...ages);
  const required_ms = requires_all ? Math.max(...ages) : age_ms;
  if (required_ms > max_stale_ms) {
    return tooStale(required_ms, max_stale_ms, "MAX_STALE_MS", retry_after_s, named);
  }
  return Response.json({ ok: true, age_ms, ...named } satisfies ReadyAnswer, NO_STORE);
}

interface StatsInput {
  readonly store: Store;
  readonly limits: ServeLimits;
  /** One per serving thread. */
  readonly latency: readonly LatencyWindow[];
  readonly now_ms: number;
  readonly uptime_ms: number;
  readonly lines_dropped: number;
  readonly block_max_ms: number;
}

export function statsAnswer(input: StatsInput): StatsAnswer {
  const { limits, now_ms } = input;
  const { shard } = limits;
  const sources = input.store.sources.map((held) => sourceStats(held, limits, now_ms));
  return {
    service: "metrics_server",
    version: VERSION,
    shard: shard === undefined ? null : shardText(shard),
    uptime_ms: Math.round(input.uptime_ms),
    endpoints: Object.fromEntries(
      ENDPOINTS.map((name, endpoint) => [name, endpointStats(input.latency, endpoint)]),
    ),
    poller: totals(sources),
    sources,
    store: input.store.snapshot_store,
    log: { lines_dropped: input.lines_dropped },
    event_loop: { block_max_ms: input.block_max_ms },
  };
}

function sourceStats(
  { stats, snapshot }: HeldSource,
  limits: ServeLimits,
  now_ms: number,
): SourceStats {
  const freshness = freshnessOf({ snapshot }, limits, now_ms);
  const { bound_ms } = freshness;
  if (snapshot === null) {
    return { ...stats, age_ms: null, oldest_row_age_ms: null, rows_stale: null, freshness };
  }
  const { data } = snapshot;
  return {
    ...stats,
    age_ms: ageOf(data.taken_ms, now_ms),
    oldest_row_age_ms: ageOf(oldestRowTime(data), now_ms),
    rows_stale: bound_ms === null ? null : rowsOlderThan(data, bound_ms, now_ms),
    freshness,
  };
}

function endpointStats(threads: readonly LatencyWindow[], endpoint: number): EndpointStats {
  const latencyOf = (index: number) => rounded(mergeLatency(threads, index));
  const is_long = LONG_ENDPOINTS.includes(endpoint);
  return {
    ...latencyOf(endpoint),
    first_byte: is_long ? latencyOf(firstByteOf(endpoint)) : null,
  };
}

/** Rounds to microseconds. */
function rounded(stats: LatencyStats): LatencyStats {
  const us = (ms: number | null) => ms === null ? null : Math.round(ms * 1000) / 1000;
  const { p50_ms, p95_ms, p99_ms, max_ms } = stats;
  return {
    ...stats,
    p50_ms: us(p50_ms),
    p95_ms: us(p95_ms),
    p99_ms: us(p99_ms),
    max_ms: us(max_ms),
  };
}

/** Totals over all sources: sums of counters, and the worst state. */
function totals(sources: readonly SourceStats[]): StatsAnswer["poller"] {
  const sum = (
    key:
      | "polls"
      | "successes"
      | "not_modified"
      | "failures"
      | "rows"
      | "bad_rows"
      | "uneven_rows"
      | "repeated_ids"
      | "rows_left_out",
  ) => sources.reduce((total, source) => total + source[key], 0);
  const most = (values: (number | null)[]) =>
    values.includes(null) ? null : Math.max(...values as number[]);
  /** Null if it is unknown for a source, as a part would look like the whole. */
  const total = (values: (number | null)[]) =>
    values.includes(null) ? null : (values as number[]).reduce((sum, value) => sum + value, 0);
  const failures_by_cause: SourceStats["failures_by_cause"] = {};
  for (const source of sources) {
    for (const [cause, count] of Object.entries(source.failures_by_cause)) {
      const key = cause as keyof typeof failures_by_cause;
      failures_by_cause[key] = (failures_by_cause[key] ?? 0) + count;
    }
  }
  const successes = sources.map(({ last_success }) => last_success).filter((at) => at !== null);
  return {
    polls: sum("polls"),
    successes: sum("successes"),
    not_modified: sum("not_modified"),
    failures: sum("failures"),
    failures_by_cause,
    consecutive_failures: Math.max(...sources.map((source) => source.consecutive_failures)),
    last_success: successes.sort().at(-1) ?? null,
    backoff_ms: Math.max(...sources.map((source) => source.backoff_ms)),
    circuit: (["open", "half_open", "closed"] as const).find((state) =>
      sources.some(({ circuit }) => circuit === state)
    )!,
    age_ms: most(sources.map(({ age_ms }) => age_ms)),
    oldest_row_age_ms: most(sources.map(({ oldest_row_age_ms }) => oldest_row_age_ms)),
    rows_stale: total(sources.map(({ rows_stale }) => rows_stale)),
    rows: sum("rows"),
    bad_rows: sum("bad_rows"),
    uneven_rows: sum("uneven_rows"),
    repeated_ids: sum("repeated_ids"),
    rows_left_out: sum("rows_left_out"),
  };
}
