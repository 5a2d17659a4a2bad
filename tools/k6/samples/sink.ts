/** What the samples of a metric add up to. */
import type { Aggregation } from "../thresholds/mod.ts";

/** Sums up samples in bounded memory. */
export interface Sink {
  readonly is_empty: boolean;
  /** Many at a time: one sample at a time costs more to hand over than to sum up. */
  add(samples: Float64Array): void;
  /** One figure; NaN where this kind has none such. Of an empty sink: 0. */
  figure(aggregation: Aggregation, elapsed_ms: number): number;
  /** All figures by their k6 names. */
  figures(trend_stats: readonly Aggregation[], elapsed_ms: number): Record<string, number>;
}
