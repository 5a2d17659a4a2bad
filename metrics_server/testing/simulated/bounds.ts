/** Longest time from the last fault off until all replicas serve the newest snapshot: a sum. */
import type { DrawnFault } from "../../../chaos/mod.ts";
import { JOIN_MS_MAX } from "../../replicas/mod.ts";
import type { Timeline } from "./timeline.ts";

/** Bodies refused before a clock that was set back is believed. */
const DOUBTED = 4;

/** Timeout of a command to Redis, and of a connection. */
const REDIS_MS_MAX = 2000;

/**
 * Leases until replicas agree: one ends, its holder takes none for up to four more, and a
 * publication that was late counts as late for three.
 */
const LEASES_TO_SETTLE = 1 + 4 + 3;

/** Longest time until a crashed poll worker or a killed process has started again. */
const RESTART_MS = 1100;

export function boundOf({ settings, faults }: Timeline): number {
  const { poll_ms, timeout_ms, backoff_max_ms, lease_ms, data_interval_ms, store } = settings;
  const pause_ms = Math.max(poll_ms, backoff_max_ms);
  const retry_after_ms = Math.max(
    0,
    ...faults.map(({ values }) => 1000 * Number(values.retry_after_s ?? 0)),
  );
  const doubts_ms = faults.some(isDoubtful) ? DOUBTED * Math.max(data_interval_ms, pause_ms) : 0;
  const replicas_ms = store === "redis"
    ? LEASES_TO_SETTLE * lease_ms + 2 * REDIS_MS_MAX + JOIN_MS_MAX
    : 0;
  return RESTART_MS + timeout_ms + Math.max(pause_ms, retry_after_ms) + timeout_ms + poll_ms +
    doubts_ms + replicas_ms;
}

/** Faults after which the source's times seem to go back, or its line ends are missing. */
const DOUBTFUL = [
  "http.clock_skew",
  "http.frozen_timestamp",
  "http.stale",
  "http.cached",
  "http.cut_body",
  "tcp.limit_data",
  "http.wrong_length",
];

const isDoubtful = ({ kind }: DrawnFault) => DOUBTFUL.includes(kind);

/** Faults after which a command to Redis, or a lease, may still be under way. */
const isOfReplicas = ({ kind, place }: DrawnFault) =>
  place === "store" || /^(process|store|subject|worker)\./.test(kind);

/** Time without a violation after which a run has recovered: late effects have shown by then. */
export function calmOf({ settings, faults }: Timeline): number {
  const { poll_ms, data_interval_ms, lease_ms, store } = settings;
  const may_elect = store === "redis" && faults.some(isOfReplicas);
  return 2 * poll_ms + (faults.some(isDoubtful) ? data_interval_ms : 0) +
    (may_elect ? lease_ms + REDIS_MS_MAX : 0);
}
