/** What a metric is: its name, how its samples are summed up, and in which unit they are. */

/**
 * `counter` adds up, `gauge` keeps the latest, `rate` is the share of non-zero samples, `trend` is a
 * distribution.
 */
export type MetricKind = "counter" | "gauge" | "rate" | "trend";

/** `time`: milliseconds; `data`: bytes; `default`: a bare number. */
export type MetricContents = "default" | "time" | "data";

/** Names and values a sample carries. */
export type Tags = Readonly<Record<string, string>>;

/** One metric of a run; made by a {@link MetricRegistry}, compared by identity. */
export interface Metric {
  readonly name: string;
  readonly kind: MetricKind;
  readonly contains: MetricContents;
  /** Whether scripts did not define it. */
  readonly is_builtin: boolean;
  /** Position among its registry's metrics, from 0. */
  readonly index: number;
}
