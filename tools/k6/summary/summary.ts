/** The result of a run, as data for `handleSummary`, as `--summary-export` and as JUnit XML. */
import { junitXml } from "../../verdict/mod.ts";
import type { MetricFigures } from "../metrics/engine.ts";
import type { MetricContents, MetricKind } from "../metrics/metric.ts";

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
  /** Empty for the root group, `::name` below it. */
  path: string;
  id: string;
  groups: SummaryGroup[];
  checks: SummaryCheck[];
}

/** The result of a threshold; k6 has `ok` alone. */
interface SummaryThreshold {
  ok: boolean;
  /** The value compared with the bound, in the unit of the metric; 0 without samples. */
  value: number;
  /** Present only if the metric has no samples. */
  no_samples?: true;
}

export interface SummaryMetric {
  type: MetricKind;
  contains: MetricContents;
  /**
   * Counter `{count, rate}`, gauge `{value, min, max}`, rate `{rate, passes, fails}`, trend one
   * entry for each of `summaryTrendStats`. Times in milliseconds.
   */
  values: Record<string, number>;
  /** By expression; absent if the metric has no thresholds. */
  thresholds?: Record<string, SummaryThreshold>;
}

/** The argument of `handleSummary(data)`, in k6's shape. */
export interface SummaryData {
  root_group: SummaryGroup;
  options: { summaryTrendStats: string[]; summaryTimeUnit: string; noColor: boolean };
  state: { isStdOutTTY: boolean; isStdErrTTY: boolean; testRunDurationMs: number };
  /** Sub-metrics as `name{tag:value}`. */
  metrics: Record<string, SummaryMetric>;
  /** The result of `setup()`, if any. */
  setup_data?: unknown;
}

interface RunOutcome {
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

export function buildSummaryData(outcome: RunOutcome): SummaryData {
  return {
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
    metrics: Object.fromEntries(outcome.figures.map((one) => [one.label, metricOf(one)])),
    ...(outcome.setup_data === undefined ? {} : { setup_data: outcome.setup_data }),
  };
}

function metricOf({ metric, values, results }: MetricFigures): SummaryMetric {
  const summary: SummaryMetric = { type: metric.kind, contains: metric.contains, values };
  if (results.length > 0) {
    summary.thresholds = Object.fromEntries(
      results.map(({ threshold, ok, value, no_samples }) => [
        threshold.source,
        no_samples ? { ok, value, no_samples } : { ok, value },
      ]),
    );
  }
  return summary;
}

/** A group with its content by name. */
interface ExportedGroup extends Omit<SummaryGroup, "groups" | "checks"> {
  groups: Record<string, ExportedGroup>;
  checks: Record<string, SummaryCheck>;
}

/** The content of a `--summary-export` file. */
interface SummaryExport {
  root_group: ExportedGroup;
  metrics: Record<string, Record<string, number | Record<string, boolean>>>;
}

/**
 * The summary in k6's older, flat shape for `--summary-export`. In this shape a threshold that is
 * `true` has **failed** (k6's issue 1498), and the share of a rate is called `value`.
 */
export function summaryExport(data: SummaryData): SummaryExport {
  const metrics: SummaryExport["metrics"] = {};
  for (const [name, { type, values, thresholds }] of Object.entries(data.metrics)) {
    const { rate, ...others } = values;
    metrics[name] = type === "rate" ? { ...others, value: rate } : { ...values };
    if (thresholds !== undefined) {
      metrics[name].thresholds = Object.fromEntries(
        Object.entries(thresholds).map(([source, { ok }]) => [source, !ok]),
      );
    }
  }
  return { root_group: exportGroup(data.root_group), metrics };
}

function exportGroup(group: SummaryGroup): ExportedGroup {
  return {
    ...group,
    groups: Object.fromEntries(group.groups.map((inner) => [inner.name, exportGroup(inner)])),
    checks: Object.fromEntries(group.checks.map((check) => [check.name, check])),
  };
}

/** The thresholds as JUnit XML, one test case each. Defaults as in k6's library. */
export function jUnit(
  data: SummaryData,
  { name = "k6 thresholds", classname = "Unnamed folder" } = {},
): string {
  return junitXml({
    name,
    time_s: data.state.testRunDurationMs / 1000,
    cases: Object.entries(data.metrics).flatMap(([label, { thresholds = {} }]) =>
      Object.entries(thresholds).map(([source, { ok, value, no_samples }]) => ({
        classname,
        name: `${label} - ${source}`,
        outcome: ok ? "passed" as const : "failure" as const,
        message: ok
          ? undefined
          : `${label}: must be ${source}, ${no_samples ? "has no samples" : `is ${value}`}`,
      }))
    ),
  });
}
