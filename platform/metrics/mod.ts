/** Metrics for Prometheus: counting on the hot path, names, text formats. */
export * from "./durations.ts";
export * from "./exposition.ts";
export { type HeapFigures, HeapProbe } from "./heap_probe.ts";
export * from "./metrics_response.ts";
export * from "./process_families.ts";
export * from "./process_figures.ts";
export * from "./request_durations.ts";
