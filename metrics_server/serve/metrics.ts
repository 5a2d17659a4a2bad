/** `GET /metrics`: requests, pollers and data for Prometheus. */
import type { CircuitState } from "../../contracts/mod.ts";
import {
  addDurations,
  type Durations,
  type Family,
  type Labels,
  processFamilies,
  type ProcessFigures,
  type RequestDurations,
  requestFamilies,
  type Sample,
} from "../../platform/mod.ts";
import type { HeldSource, Store } from "../store.ts";
import { ENDPOINTS } from "./endpoints.ts";
import { ageOf } from "./data_response.ts";

export const METRICS_PREFIX = "fabric_telemetry";

/** Phases of a poll; the index of source `s`, phase `p` is `s * POLL_PHASES.length + p`. */
export const POLL_PHASES = ["fetch", "parse", "apply"] as const;

const CIRCUIT_STATES: readonly CircuitState[] = ["closed", "open", "half_open"];

interface MetricsInput {
  readonly store: Store;
  /** One per serving thread. */
  readonly requests: readonly RequestDurations[];
  /** Phases of all polls, see {@link POLL_PHASES}. */
  readonly polls: Durations;
  readonly figures: ProcessFigures;
  readonly max_stale_ms: number;
  readonly now_ms: number;
}

export function metricsFamilies(input: MetricsInput): Family[] {
  const { sources } = input.store;
  return [
    ...requestFamilies(METRICS_PREFIX, input.requests, ENDPOINTS),
    ...pollFamilies(sources, input.polls),
    ...dataFamilies(sources, input),
    ...processFamilies(METRICS_PREFIX, input.figures),
  ];
}

function pollFamilies(sources: readonly HeldSource[], polls: Durations): Family[] {
  return [
    counter("polls", "Finished polls by outcome.", sources, ({ stats }) => [
      { labels: { outcome: "modified" }, value: stats.successes - stats.not_modified },
      { labels: { outcome: "not_modified" }, value: stats.not_modified },
      { labels: { outcome: "failed" }, value: stats.failures },
    ]),
    counter(
      "poll_failures",
      "Failed polls by cause.",
      sources,
      ({ stats }) =>
        Object.entries(stats.failures_by_cause)
          .map(([cause, value]) => ({ labels: { cause }, value })),
    ),
    {
      name: `${METRICS_PREFIX}_poll_phase_duration_seconds`,
      type: "histogram",
      help: "Time of successful polls by phase; parse and apply only for polls with a body.",
      samples: sources.flatMap(({ stats }, source) =>
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
      sources,
      ({ stats }) => one(stats.consecutive_failures),
    ),
    gauge(
      "poll_backoff_seconds",
      "Delay before the next poll after a failure, else 0.",
      sources,
      ({ stats }) => one(stats.backoff_ms / 1000),
    ),
    gauge(
      "poll_last_success_timestamp_seconds",
      "Time of the last successful poll, seconds since 1970.",
      sources,
      ({ stats }) => stats.last_success === null ? [] : one(Date.parse(stats.last_success) / 1000),
    ),
    gauge(
      "circuit_state",
      "State of the circuit breaker: 1 for the current state.",
      sources,
      ({ stats }) =>
        CIRCUIT_STATES.map((state) => ({
          labels: { state },
          value: stats.circuit === state ? 1 : 0,
        })),
    ),
  ];
}

function dataFamilies(
  sources: readonly HeldSource[],
  { now_ms, max_stale_ms }: Pick<MetricsInput, "now_ms" | "max_stale_ms">,
): Family[] {
  const ageMs = ({ snapshot }: HeldSource) =>
    snapshot === null ? Infinity : ageOf(snapshot.data.taken_ms, now_ms);
  return [
    gauge(
      "source_has_data",
      "Whether the source has delivered since the start.",
      sources,
      ({ snapshot }) => one(snapshot === null ? 0 : 1),
    ),
    gauge(
      "data_age_seconds",
      "Age of the held data.",
      sources,
      (held) => held.snapshot === null ? [] : one(ageMs(held) / 1000),
    ),
    gauge(
      "data_timestamp_seconds",
      "Time of the held data, seconds since 1970.",
      sources,
      ({ snapshot }) => snapshot === null ? [] : one(snapshot.data.taken_ms / 1000),
    ),
    gauge(
      "data_fresh",
      "Whether data is held and not older than MAX_STALE_MS.",
      sources,
      (held) => one(held.snapshot !== null && ageMs(held) <= max_stale_ms ? 1 : 0),
    ),
    gauge("rows", "Rows held.", sources, ({ stats }) => one(stats.rows)),
    gauge(
      "bad_rows",
      "Invalid rows dropped from the held data.",
      sources,
      ({ stats }) => one(stats.bad_rows),
    ),
    gauge("repeated_ids", "Rows dropped because an earlier row has the same id.", sources, (
      { stats },
    ) => one(stats.repeated_ids)),
  ];
}

function one(value: number): Sample[] {
  return [{ labels: {}, value }];
}

type SamplesOf = (held: HeldSource) => Sample[];

function counter(name: string, help: string, sources: readonly HeldSource[], of: SamplesOf) {
  return family("counter", name, help, sources, of);
}

function gauge(name: string, help: string, sources: readonly HeldSource[], of: SamplesOf) {
  return family("gauge", name, help, sources, of);
}

function family(
  type: "counter" | "gauge",
  name: string,
  help: string,
  sources: readonly HeldSource[],
  of: SamplesOf,
): Family {
  const samples = sources.flatMap((held) =>
    of(held).map(({ labels, value }) => ({ labels: labelled(held, labels), value }))
  );
  return { name: `${METRICS_PREFIX}_${name}`, type, help, samples };
}

function labelled({ stats }: HeldSource, labels: Labels): Labels {
  return { source: stats.url, ...labels };
}
