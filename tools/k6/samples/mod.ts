/** Samples: what they add up to, and which thresholds hold. */
export {
  type EngineOptions,
  type Evaluation,
  MetricEngine,
  type MetricFigures,
  type SampleListener,
  type ThresholdVerdict,
  TREND_STATS_DEFAULT,
} from "./engine.ts";
export { HISTOGRAM_ERROR_MAX } from "./sample_histogram.ts";
export { EXACT_SAMPLES_MAX } from "./trend_sink.ts";
