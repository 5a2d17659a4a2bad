/** Metrics: which there are, what their samples add up to, which thresholds hold. */
export { BUILTIN_METRICS, type BuiltinMetricName } from "./builtin_metrics.ts";
export {
  type EngineOptions,
  type Evaluation,
  MetricEngine,
  type MetricFigures,
  type SampleListener,
  type ThresholdVerdict,
  TREND_STATS_DEFAULT,
} from "./engine.ts";
export type { Metric, MetricContents, MetricKind, Tags } from "./metric.ts";
export { CUSTOM_METRICS_MAX, MetricRegistry } from "./registry.ts";
export { HISTOGRAM_ERROR_MAX } from "./sample_histogram.ts";
export { EXACT_SAMPLES_MAX } from "./trend_sink.ts";
