/** What `handleSummary(data)` is given: k6's shape. */
import type { MetricContents, MetricKind } from "../metrics/mod.ts";
import type { MetricFigures } from "../samples/mod.ts";

export interface SummaryCheck {
  name: string;
  /** Such as `::group::name`. */
  path: string;
  id: string;
  passes: number;
  fails: number;
}

export interface SummaryGroup {
  name: string;
  /** Empty for the root, `::name` below it. */
  path: string;
  id: string;
  groups: SummaryGroup[];
  checks: SummaryCheck[];
}

/** k6 has `ok` alone. */
export interface SummaryThreshold {
  ok: boolean;
  /** What was compared with the bound, in the metric's unit; 0 where there was nothing. */
  value: number;
  /** Only there where there was nothing to judge. */
  no_samples?: true;
}

export interface SummaryMetric {
  type: MetricKind;
  contains: MetricContents;
  /**
   * Counter `{count, rate}`, gauge `{value, min, max}`, rate `{rate, passes, fails}`, trend one entry
   * for each of `summaryTrendStats`. Times in milliseconds.
   */
  values: Record<string, number>;
  /** By expression; left out where there are none. */
  thresholds?: Record<string, SummaryThreshold>;
}

export interface SummaryData {
  root_group: SummaryGroup;
  options: { summaryTrendStats: string[]; summaryTimeUnit: string; noColor: boolean };
  state: { isStdOutTTY: boolean; isStdErrTTY: boolean; testRunDurationMs: number };
  /** Sub-metrics as `name{tag:value}`. */
  metrics: Record<string, SummaryMetric>;
  /** What `setup()` returned; left out where there is none. */
  setup_data?: unknown;
}

/** What a run comes to. */
export interface RunOutcome {
  figures: readonly MetricFigures[];
  root_group: SummaryGroup;
  duration_ms: number;
  summary_trend_stats: readonly string[];
  summary_time_unit: string | null;
  no_color: boolean;
  is_stdout_tty: boolean;
  is_stderr_tty: boolean;
  setup_data?: unknown;
}

/**
 * ```ts
 * buildSummaryData({ figures: engine.figures(duration_ms), duration_ms, … }).metrics.http_reqs.values;
 * // { count: 45, rate: 6.56 }
 * ```
 */
export function buildSummaryData(outcome: RunOutcome): SummaryData {
  const metrics: Record<string, SummaryMetric> = {};
  for (const figures of outcome.figures) metrics[figures.label] = describe(figures);
  const data: SummaryData = {
    root_group: outcome.root_group,
    options: {
      summaryTrendStats: [...outcome.summary_trend_stats],
      summaryTimeUnit: outcome.summary_time_unit ?? "",
      noColor: outcome.no_color,
    },
    state: {
      isStdOutTTY: outcome.is_stdout_tty,
      isStdErrTTY: outcome.is_stderr_tty,
      testRunDurationMs: outcome.duration_ms,
    },
    metrics,
  };
  if (outcome.setup_data !== undefined) data.setup_data = outcome.setup_data;
  return data;
}

function describe({ metric, values, verdicts }: MetricFigures): SummaryMetric {
  const summary: SummaryMetric = { type: metric.kind, contains: metric.contains, values };
  if (verdicts.length > 0) {
    summary.thresholds = Object.fromEntries(
      verdicts.map(({ threshold, ok, value, no_samples }) => [
        threshold.source,
        no_samples ? { ok, value, no_samples } : { ok, value },
      ]),
    );
  }
  return summary;
}
