/** What `handleSummary(data)` is given: k6's shape. */
import type { MetricContents, MetricKind } from "../metrics/metric.ts";
import type { MetricFigures } from "../metrics/engine.ts";

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

/** A group in the older shape: what is in it by name. */
interface ExportedGroup {
  name: string;
  path: string;
  id: string;
  groups: Record<string, ExportedGroup>;
  checks: Record<string, SummaryCheck>;
}

/** What `--summary-export` writes. */
export interface SummaryExport {
  root_group: ExportedGroup;
  metrics: Record<string, Record<string, number | Record<string, boolean>>>;
}

/**
 * The summary in the older, flat shape of `--summary-export`. There a threshold that is `true`
 * has **failed** (k6's issue 1498), and a rate's share is called `value`; use `handleSummary`
 * where you can.
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

function exportGroup({ name, path, id, groups, checks }: SummaryGroup): ExportedGroup {
  return {
    name,
    path,
    id,
    groups: Object.fromEntries(groups.map((group) => [group.name, exportGroup(group)])),
    checks: Object.fromEntries(checks.map((check) => [check.name, check])),
  };
}

export interface JUnitOptions {
  /** The test suite's; default `k6 thresholds`. */
  name?: string;
  /** Each test case's; default `Unnamed folder`, as the one in k6's library. */
  classname?: string;
}

/**
 * The thresholds as JUnit XML, one test case each, so that a CI job page shows them.
 *
 * ```ts
 * jUnit(data, { name: "load", classname: "getmetric" });
 * ```
 */
export function jUnit(data: SummaryData, options: JUnitOptions = {}): string {
  const { name = "k6 thresholds", classname = "Unnamed folder" } = options;
  const cases: string[] = [];
  let failures = 0;
  for (const [label, metric] of Object.entries(data.metrics)) {
    for (const [source, { ok, value, no_samples }] of Object.entries(metric.thresholds ?? {})) {
      const start = `    <testcase name="${escape(`${label} - ${source}`)}" classname="${
        escape(classname)
      }"`;
      if (ok) {
        cases.push(`${start}/>`);
        continue;
      }
      failures++;
      const found = no_samples ? "there are no samples" : `it is ${value}`;
      cases.push(
        `${start}>`,
        `      <failure message="${escape(`${label}: must be ${source}, ${found}`)}"/>`,
        "    </testcase>",
      );
    }
  }
  const tests = cases.filter((line) => line.includes("<testcase")).length;
  const counts = `tests="${tests}" failures="${failures}"`;
  const time = (data.state.testRunDurationMs / 1000).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escape(name)}" ${counts} errors="0" skipped="0" time="${time}">`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

/** XML 1.0 cannot hold the other control characters at all, nor halves of a surrogate pair. */
function escape(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex
    .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
    .replaceAll(/[&<>"'\n\r\t]/g, (char) => ENTITIES[char]);
}
