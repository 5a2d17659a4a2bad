/** Metrics: which there are, and what each is. Thresholds are about them, samples belong to them. */
export { BUILTIN_METRICS, type BuiltinMetricName, COUNTED_FROM_START } from "./builtin_metrics.ts";
export type { Metric, MetricContents, MetricKind, Tags } from "./metric.ts";
export { CUSTOM_METRICS_MAX, MetricRegistry } from "./registry.ts";
export { TagSet } from "./tag_set.ts";
