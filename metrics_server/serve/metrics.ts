/** `GET /metrics`: requests, pollers and data for Prometheus. */
import { CIRCUIT_STATES, REPLICA_ROLES, shardText } from "../../contracts/mod.ts";
import {
  addDurations,
  type Durations,
  type Family,
  firstByteFamily,
  processFamilies,
  type ProcessFigures,
  type RequestDurations,
  requestFamilies,
  type Sample,
} from "../../platform/mod.ts";
import type { HeldSource, Store } from "../store.ts";
import { ENDPOINTS, LONG_ENDPOINTS } from "./endpoints.ts";
import { ageOf } from "./data_response.ts";
import { freshnessOf, oldestRowTime, rowsOlderThan } from "./freshness.ts";
import type { ServeLimits } from "./get_metric.ts";

export const METRICS_PREFIX = "fabric_telemetry";

/** Phases of a poll; the index of source `s`, phase `p` is `s * POLL_PHASES.length + p`. */
export const POLL_PHASES = ["fetch", "parse", "apply"] as const;

interface MetricsInput {
  readonly store: Store;
  /** One per serving thread. */
  readonly requests: readonly RequestDurations[];
  /** Phases of all polls, see {@link POLL_PHASES}. */
  readonly polls: Durations;
  readonly figures: ProcessFigures;
  readonly limits: ServeLimits;
  readonly now_ms: number;
}

export function metricsFamilies(input: MetricsInput): Family[] {
  const families = perSource(input.store.sources);
  return [
    ...requestFamilies(METRICS_PREFIX, input.requests, ENDPOINTS),
    firstByteFamily(METRICS_PREFIX, input.requests, ENDPOINTS, LONG_ENDPOINTS),
    ...pollFamilies(families, input),
    ...dataFamilies(families, input),
    ...sharingFamilies(families, input),
    ...processFamilies(METRICS_PREFIX, input.figures),
  ];
}

function pollFamilies({ counter, gauge }: PerSource, { store, polls }: MetricsInput): Family[] {
  return [
    counter("polls", "Finished polls by outcome.", ({ stats }) => [
      { labels: { outcome: "modified" }, value: stats.successes - stats.not_modified },
      { labels: { outcome: "not_modified" }, value: stats.not_modified },
      { labels: { outcome: "failed" }, value: stats.failures },
    ]),
    counter(
      "poll_failures",
      "Failed polls by cause.",
      ({ stats }) =>
        Object.entries(stats.failures_by_cause)
          .map(([cause, value]) => ({ labels: { cause }, value })),
    ),
    {
      name: `${METRICS_PREFIX}_poll_phase_duration_seconds`,
      type: "histogram",
      help: "Time of successful polls by phase; parse and apply only for polls with a body.",
      samples: store.sources.flatMap(({ stats }, source) =>
        POLL_PHASES.map((phase, index) => {
          const total = addDurations([polls], source * POLL_PHASES.length + index);
          const labels = { source: stats.url, phase };
          return { labels, bounds: total.bounds_s, counts: total.counts, sum: total.sum_s };
        })
      ),
    },
    gauge(
      "poll_consecutive_failures",
      "Failed polls since the last success.",
      ({ stats }) => stats.consecutive_failures,
    ),
    gauge(
      "poll_backoff_seconds",
      "Delay before the next poll after a failure, else 0.",
      ({ stats }) => stats.backoff_ms / 1000,
    ),
    gauge(
      "poll_last_success_timestamp_seconds",
      "Time of the last successful poll, seconds since 1970.",
      ({ stats }) => stats.last_success === null ? null : Date.parse(stats.last_success) / 1000,
    ),
    gauge(
      "circuit_state",
      "State of the circuit breaker: 1 for the current state.",
      ({ stats }) =>
        CIRCUIT_STATES.map((state) => ({
          labels: { state },
          value: Number(stats.circuit === state),
        })),
    ),
  ];
}

function dataFamilies(
  { gauge }: PerSource,
  { now_ms, limits }: MetricsInput,
): Family[] {
  const { shard } = limits;
  const ageS = (taken_ms: number) => ageOf(taken_ms, now_ms) / 1000;
  const freshness = (held: HeldSource) => freshnessOf(held, limits, now_ms);
  const shard_labels: Sample["labels"] = shard === undefined ? {} : { shard: shardText(shard) };
  return [
    gauge(
      "source_has_data",
      "Whether the source has delivered since the start.",
      ({ snapshot }) => Number(snapshot !== null),
    ),
    gauge(
      "data_restored",
      "Whether the held data is from SNAPSHOT_STORE and no poll has succeeded yet.",
      ({ stats }) => Number(stats.restored),
    ),
    gauge(
      "data_age_seconds",
      "Age of the held data: of its newest row, if rows have times.",
      ({ snapshot }) => snapshot === null ? null : ageS(snapshot.data.taken_ms),
    ),
    gauge(
      "oldest_row_age_seconds",
      "Age of the oldest row held.",
      ({ snapshot }) => snapshot === null ? null : ageS(oldestRowTime(snapshot.data)),
    ),
    gauge(
      "data_timestamp_seconds",
      "Time of the held data, seconds since 1970.",
      ({ snapshot }) => snapshot === null ? null : snapshot.data.taken_ms / 1000,
    ),
    gauge(
      "data_fresh",
      "1 if the held data is fresh, as in /stats. 0 if it is older than the bound, if there is no data, " +
        "and while no bound is known: then fresh_bound_seconds has no series.",
      (held) => Number(freshness(held).state === "fresh"),
    ),
    gauge(
      "fresh_bound_seconds",
      "Age above which the data is stale: FRESH_BOUND_MS, else learned, at most MAX_STALE_MS. No series " +
        "while none is known.",
      (held) => {
        const { bound_ms } = freshness(held);
        return bound_ms === null ? null : bound_ms / 1000;
      },
    ),
    gauge(
      "rows_stale",
      "Rows older than the bound by their own time. No series without data or while no bound is known.",
      (held) => {
        const { bound_ms } = freshness(held);
        if (held.snapshot === null || bound_ms === null) return null;
        return rowsOlderThan(held.snapshot.data, bound_ms, now_ms);
      },
    ),
    gauge("rows", "Rows held.", ({ stats }) => stats.rows),
    gauge("bad_rows", "Invalid rows dropped from the held data.", ({ stats }) => stats.bad_rows),
    gauge(
      "repeated_ids",
      "Rows dropped because an earlier row has the same id.",
      ({ stats }) => stats.repeated_ids,
    ),
    gauge(
      "rows_left_out",
      "Rows of other shards in the last body, with SHARD.",
      ({ stats }) => [{ labels: shard_labels, value: stats.rows_left_out }],
    ),
  ];
}

/** Whether the store works, and this process's part among the replicas. */
function sharingFamilies({ counter, gauge }: PerSource, { store }: MetricsInput): Family[] {
  const { snapshot_store } = store;
  if (snapshot_store === null) return [];
  const working = [{ labels: {}, value: Number(snapshot_store.working) }];
  const name = `${METRICS_PREFIX}_store_working`;
  const help = "Whether SNAPSHOT_STORE works.";
  const of = (held: HeldSource, key: "published" | "adopted") => held.stats.replica?.[key] ?? null;
  return [
    { name, type: "gauge", help, samples: working },
    gauge("replica_role", "Role among the replicas of the source: 1 for the current role.", (
      { stats: { replica } },
    ) =>
      replica === null ? null : REPLICA_ROLES.map((role) => ({
        labels: { role },
        value: Number(replica.role === role),
      }))),
    counter(
      "snapshots_published",
      "Snapshots published to the other replicas.",
      (held) => of(held, "published"),
    ),
    counter(
      "snapshots_adopted",
      "Snapshots adopted from other replicas.",
      (held) => of(held, "adopted"),
    ),
  ];
}

type PerSource = ReturnType<typeof perSource>;

/** Families with a series of each source, or several, or none (null). */
function perSource(sources: readonly HeldSource[]) {
  const family =
    (type: "counter" | "gauge") =>
    (name: string, help: string, of: (held: HeldSource) => Sample[] | number | null): Family => ({
      name: `${METRICS_PREFIX}_${name}`,
      type,
      help,
      samples: sources.flatMap((held) =>
        samplesOf(of(held)).map(({ labels, value }) => ({
          labels: { source: held.stats.url, ...labels },
          value,
        }))
      ),
    });
  return { counter: family("counter"), gauge: family("gauge") };
}

function samplesOf(value: Sample[] | number | null): Sample[] {
  if (value === null) return [];
  return typeof value === "number" ? [{ labels: {}, value }] : value;
}
