import type { MetricContents, MetricKind } from "./metric.ts";

/** The metrics every run has, in k6's names, kinds and units. */
export const BUILTIN_METRICS = {
  vus: ["gauge", "default"],
  vus_max: ["gauge", "default"],
  iterations: ["counter", "default"],
  iteration_duration: ["trend", "time"],
  dropped_iterations: ["counter", "default"],
  checks: ["rate", "default"],
  group_duration: ["trend", "time"],
  http_reqs: ["counter", "default"],
  http_req_duration: ["trend", "time"],
  http_req_blocked: ["trend", "time"],
  http_req_connecting: ["trend", "time"],
  http_req_tls_handshaking: ["trend", "time"],
  http_req_sending: ["trend", "time"],
  http_req_waiting: ["trend", "time"],
  http_req_receiving: ["trend", "time"],
  http_req_failed: ["rate", "default"],
  data_sent: ["counter", "data"],
  data_received: ["counter", "data"],
} as const satisfies Record<string, readonly [MetricKind, MetricContents]>;

export type BuiltinMetricName = keyof typeof BUILTIN_METRICS;

/**
 * The runner itself counts these, so nothing counted is a count of 0. Of every other metric, no
 * sample means that nothing is known.
 */
export const COUNTED_FROM_START: ReadonlySet<string> = new Set(["dropped_iterations"]);
