/** Metrics: counting on the hot path, latency percentiles, Prometheus text. */
export * from "./durations.ts";
export * from "./exposition.ts";
export * from "./latency_window.ts";
export * from "./metrics_response.ts";
export * from "./percentile.ts";
export * from "./process_metrics.ts";
export * from "./request_durations.ts";
export * from "./shared_cells.ts";
