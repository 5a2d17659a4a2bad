/** What scenarios promise, in the order of the reports. */
import type { Measure } from "../vocabulary/mod.ts";

/** Each promise and its measures. */
export const PROMISES: readonly (readonly [text: string, measures: readonly Measure[]])[] = [
  ["answers", ["probe_error_share", "load_error_share", "cold_start_refused_share"]],
  ["fast", ["p95_ms"]],
  ["as fast as a bare server", ["p99_ratio", "slow_share"]],
  ["as fast as before", ["p95_ratio"]],
  ["age bounded", ["age_max_ms"]],
  ["old data labelled", ["unlabelled_stale"]],
  ["no bad data", ["bad_data_accepted", "snapshots_backwards"]],
  ["failure noticed", ["detect_ms"]],
  ["recovers", ["recover_ms", "metastable"]],
  ["has data after a restart", ["first_data_ms", "refused_after_start"]],
  ["spares the source", [
    "retry_amplification",
    "herd_ratio",
    "decoupling_ratio",
    "poll_rate_ratio",
  ]],
  ["no leaks", ["sockets_per_poll", "memory_mb_per_poll", "memory_mb_per_1000"]],
  ["never blocked", ["block_ms"]],
];
