/** Thresholds: read from the options, checked against the metrics of the run. */
import { parseDuration } from "../duration.ts";
import { ConfigProblem } from "../exit_codes.ts";
import type { Metric, MetricKind, MetricRegistry, Tags } from "./metric.ts";
import { type Expression, parseExpression } from "./threshold_expression.ts";

/** Thresholds of one run, at most. */
const THRESHOLDS_MAX = 1000;

/** A threshold with settings, as scripts write it. */
interface ObjectThreshold {
  threshold: string;
  abortOnFail?: boolean;
  delayAbortEval?: string | number | null;
}
/** Thresholds by metric, as scripts write them. */
export type ThresholdTable = Readonly<Record<string, readonly (string | ObjectThreshold)[]>>;

export interface Threshold {
  /** The metric or sub-metric as written, such as `http_req_duration{name:x}`. */
  readonly metric_label: string;
  /** The expression as written. */
  readonly source: string;
  readonly expression: Expression;
  readonly abort_on_fail: boolean;
  /** Time after the start before which it does not abort. */
  readonly delay_abort_eval_ms: number;
}

/** All thresholds on one metric or sub-metric. */
export interface ThresholdGroup {
  readonly label: string;
  readonly metric: Metric;
  readonly selector: Selector;
  readonly thresholds: readonly Threshold[];
}

/** Aggregations of each kind of metric. */
const AGGREGATIONS: Readonly<Record<MetricKind, readonly string[]>> = {
  counter: ["count", "rate"],
  gauge: ["value"],
  rate: ["rate"],
  trend: ["avg", "min", "max", "med", "p"],
};

/** Reads all thresholds of a run. @throws {ConfigProblem} Lists every invalid one. */
export function resolveThresholds(
  table: ThresholdTable,
  registry: MetricRegistry,
): ThresholdGroup[] {
  const problems: string[] = [];
  const groups: ThresholdGroup[] = [];
  let count = 0;
  for (const [label, entries] of Object.entries(table)) {
    const thresholds: Threshold[] = [];
    count += entries.length;
    for (const entry of entries) {
      try {
        thresholds.push(readThreshold(label, entry));
      } catch (error) {
        const source = typeof entry === "string" ? entry : entry.threshold;
        problems.push(
          `thresholds["${label}"]=${JSON.stringify(source)}: ${(error as Error).message}`,
        );
      }
    }
    try {
      groups.push(groupOf(label, thresholds, registry));
    } catch (error) {
      problems.push(`thresholds["${label}"]: ${(error as Error).message}`);
    }
  }
  if (count > THRESHOLDS_MAX) {
    problems.push(`thresholds: must be at most ${THRESHOLDS_MAX}, got ${count}`);
  }
  if (problems.length > 0) throw new ConfigProblem(problems);
  return groups;
}

function readThreshold(metric_label: string, entry: string | ObjectThreshold): Threshold {
  const { threshold: source, abortOnFail = false, delayAbortEval } = typeof entry === "string"
    ? { threshold: entry }
    : entry;
  return {
    metric_label,
    source,
    expression: parseExpression(source),
    abort_on_fail: abortOnFail,
    delay_abort_eval_ms: delayAbortEval === undefined || delayAbortEval === null
      ? 0
      : parseDuration(delayAbortEval),
  };
}

function groupOf(
  label: string,
  thresholds: readonly Threshold[],
  registry: MetricRegistry,
): ThresholdGroup {
  const selector = parseSelector(label);
  const metric = registry.find(selector.metric);
  if (metric === undefined) {
    throw new Error(
      `no metric named ${JSON.stringify(selector.metric)}: must be built in or defined by the ` +
        "script when it loads",
    );
  }
  for (const { source, expression } of thresholds) {
    const { kind, label: aggregation } = expression.aggregation;
    if (!AGGREGATIONS[metric.kind].includes(kind)) {
      const allowed = AGGREGATIONS[metric.kind].map((name) => name === "p" ? "p(N)" : name);
      throw new Error(
        `${JSON.stringify(source)} uses ${aggregation} of a ${metric.kind}: ` +
          `must be one of ${allowed.join(", ")}`,
      );
    }
  }
  return { label, metric, selector, thresholds };
}

/** The samples a threshold judges, by metric and tags. */
export interface Selector {
  metric: string;
  /** Tags that all must match; if empty, every sample matches. */
  tags: readonly (readonly [name: string, value: string])[];
}

/**
 * Reads `metric` or `metric{tag:value,tag:value}`. A value may contain colons; a quoted value also
 * commas and braces.
 * @throws {SyntaxError} The selector is invalid.
 */
export function parseSelector(text: string): Selector {
  const brace = text.indexOf("{");
  if (brace < 0) return { metric: text.trim(), tags: [] };
  const metric = text.slice(0, brace).trim();
  const rest = text.slice(brace + 1).trimEnd();
  if (!rest.endsWith("}")) {
    throw new SyntaxError(`must end with }, such as ${metric}{name:login}`);
  }
  const tags = splitAtCommas(rest.slice(0, -1)).map(parseTag);
  return { metric, tags };
}

/** Whether a sample with these tags matches the selector. */
export function matches(selector: Selector, tags: Tags): boolean {
  for (const [name, value] of selector.tags) {
    if (tags[name] !== value) return false;
  }
  return true;
}

function parseTag(text: string): readonly [string, string] {
  const colon = text.indexOf(":");
  const name = unquote(text.slice(0, colon < 0 ? text.length : colon));
  if (colon < 0 || name === "") {
    throw new SyntaxError(`tag ${JSON.stringify(text.trim())} must be name:value`);
  }
  return [name, unquote(text.slice(colon + 1))];
}

function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let quote = "", part = "";
  for (const char of text) {
    if (quote !== "") {
      if (char === quote) quote = "";
    } else if ((char === '"' || char === "'") && /(^|:)\s*$/.test(part)) {
      quote = char;
    } else if (char === ",") {
      parts.push(part);
      part = "";
      continue;
    }
    part += char;
  }
  if (quote !== "") throw new SyntaxError(`quote ${quote} must be closed`);
  return [...parts, part];
}

function unquote(text: string): string {
  const bare = text.trim();
  const quoted = /^(["'])(.*)\1$/s.exec(bare);
  return quoted === null ? bare : quoted[2];
}
