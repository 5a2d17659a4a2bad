/**
 * Sums up all samples of a run and judges the thresholds:
 *
 *     add(sample) ─▶ slot of its metric ─256 at a time─▶ sink of the metric
 *                                                    └─▶ sinks of its sub-metrics
 *     evaluate() ─▶ settles the slots ─▶ compares sinks with thresholds
 */
import { type Metric, type MetricRegistry, type Tags } from "./metric.ts";
import { createSink, type Sink } from "./sinks.ts";
import { type Aggregation, holds, parseAggregation } from "./threshold_expression.ts";
import {
  matches,
  parseSelector,
  type Selector,
  type Threshold,
  type ThresholdGroup,
} from "./thresholds.ts";

export const TREND_STATS_DEFAULT = ["avg", "min", "med", "max", "p(90)", "p(95)"] as const;
/** Sub-metrics of every run, as in k6. */
const SUBMETRICS_ALWAYS = ["http_req_duration{expected_response:true}"];
/** Samples of a metric that a slot holds before it sums them up. */
const HELD_MAX = 256;

/** Times of the exchange itself, which a request that was refused never had. */
const EXCHANGE_TIMES: ReadonlySet<string> = new Set([
  "http_req_duration",
  "http_req_sending",
  "http_req_waiting",
  "http_req_receiving",
]);

/** Whether 0 ms of this metric belong to a request without an exchange, which has an error. */
function isUnsent({ name }: Metric, tags: Tags): boolean {
  return tags.error !== undefined && EXCHANGE_TIMES.has(name);
}

interface ThresholdResult {
  threshold: Threshold;
  ok: boolean;
  /** Whether it failed for lack of samples. */
  no_samples: boolean;
  /** The value compared with the bound. */
  value: number;
}

/** One metric or sub-metric in the summary. */
export interface MetricFigures {
  /** The metric's name, or the sub-metric as the threshold writes it. */
  label: string;
  metric: Metric;
  values: Record<string, number>;
  results: ThresholdResult[];
}

export class MetricEngine {
  /** Called for each sample; settable, because outputs open after the engine exists. */
  onSample: MetricEngine["add"] | null = null;
  readonly #trend_stats: readonly Aggregation[];
  /** By `Metric.index`. */
  readonly #slots: (Slot | undefined)[] = [];
  /** Series with thresholds, in the order of the options. */
  readonly #judged: Series[] = [];
  readonly #submetrics: Series[] = [];

  constructor(
    private readonly registry: MetricRegistry,
    thresholds: readonly ThresholdGroup[] = [],
    summary_trend_stats: readonly string[] = TREND_STATS_DEFAULT,
  ) {
    this.#trend_stats = summary_trend_stats.map(parseAggregation);
    for (const group of thresholds) this.#judged.push(this.#openSeries(group));
    for (const label of SUBMETRICS_ALWAYS) this.#openSubmetric(label);
  }

  /**
   * Takes one sample; values that are not finite are left out. Unlike in k6, a request that could
   * not be sent does not count as 0 ms, which would flatter the percentiles; outputs get the 0.
   * @param time_ms Unix time, for the listener.
   */
  add(metric: Metric, value: number, tags: Tags, time_ms: number): void {
    if (!Number.isFinite(value)) return;
    if (value !== 0 || !isUnsent(metric, tags)) {
      (this.#slots[metric.index] ?? this.#openSlot(metric)).add(value, tags);
    }
    if (this.onSample !== null) this.onSample(metric, value, tags, time_ms);
  }

  /**
   * Judges all thresholds. Unlike in k6, a threshold on a metric without samples fails unless it is
   * a counter; it never aborts the run, because samples may still come.
   * @param elapsed_ms Counts from the start of the test.
   */
  evaluate(elapsed_ms: number) {
    this.#settle();
    const results = this.#judged.flatMap((series) => judge(series, elapsed_ms));
    const failed = results.filter(({ ok }) => !ok);
    /** Whether a threshold with `abortOnFail` failed on samples. */
    const abort = failed.some(({ threshold, no_samples }) =>
      threshold.abort_on_fail && !no_samples && elapsed_ms >= threshold.delay_abort_eval_ms
    );
    return { results, failed, abort };
  }

  /** One figure of a metric, such as `p(95)` for a progress line; NaN without samples. */
  figure(metric: Metric, aggregation: Aggregation, elapsed_ms: number): number {
    return this.isEmpty(metric)
      ? NaN
      : this.#slots[metric.index]!.sink.figure(aggregation, elapsed_ms);
  }

  isEmpty({ index }: Metric): boolean {
    const slot = this.#slots[index];
    slot?.settle();
    return slot?.sink.is_empty ?? true;
  }

  /** Every metric and sub-metric that has samples or thresholds, by metric. */
  figures(elapsed_ms: number): MetricFigures[] {
    this.#settle();
    const all: MetricFigures[] = [];
    const show = (label: string, metric: Metric, sink: Sink, results: ThresholdResult[]) => {
      if (sink.is_empty && results.length === 0) return;
      all.push({ label, metric, values: sink.figures(this.#trend_stats, elapsed_ms), results });
    };
    for (const metric of this.registry.all) {
      const sink = this.#slots[metric.index]?.sink;
      if (sink !== undefined) {
        const own = this.#judged.filter((series) => series.sink === sink);
        show(metric.name, metric, sink, own.flatMap((series) => judge(series, elapsed_ms)));
      }
      for (const series of this.#submetrics) {
        if (series.metric !== metric) continue;
        show(series.label, metric, series.sink, judge(series, elapsed_ms));
      }
    }
    return all;
  }

  #openSlot(metric: Metric): Slot {
    return this.#slots[metric.index] ??= new Slot(metric);
  }

  #settle(): void {
    for (const slot of this.#slots) slot?.settle();
  }

  #openSeries(group: ThresholdGroup): Series {
    const slot = this.#openSlot(group.metric);
    const is_whole = group.selector.tags.length === 0;
    const series = { ...group, sink: is_whole ? slot.sink : createSink(group.metric.kind) };
    if (!is_whole) {
      slot.submetrics.push(series);
      this.#submetrics.push(series);
    }
    return series;
  }

  #openSubmetric(label: string): void {
    const selector = parseSelector(label);
    const metric = this.registry.find(selector.metric);
    const is_known = this.#submetrics.some((series) => describe(series.selector) === label);
    if (metric === undefined || is_known) return;
    this.#openSeries({ label, metric, selector, thresholds: [] });
  }
}

/** A metric (selector without tags) or a sub-metric. */
interface Series extends ThresholdGroup {
  readonly sink: Sink;
}

/** Scratch space of the slots, for the samples of a sub-metric. */
const matching = new Float64Array(HELD_MAX);

/**
 * Holds samples of a metric and sums up many at a time: taking a sample is two array writes, and
 * the loops that sum up are compiled once instead of into every caller.
 */
class Slot {
  readonly sink: Sink;
  /** Series that also take the samples whose tags match. */
  readonly submetrics: Series[] = [];
  readonly #values = new Float64Array(HELD_MAX);
  readonly #tags: Tags[] = [];
  #held = 0;

  constructor({ kind }: Metric) {
    this.sink = createSink(kind);
  }

  add(value: number, tags: Tags): void {
    if (this.#held === HELD_MAX) this.settle();
    this.#values[this.#held] = value;
    if (this.submetrics.length > 0) this.#tags[this.#held] = tags;
    this.#held++;
  }

  /** Sums up the held samples; call it before a sink is read. */
  settle(): void {
    if (this.#held === 0) return;
    this.sink.add(this.#values.subarray(0, this.#held));
    for (const { selector, sink } of this.submetrics) {
      let count = 0;
      for (let i = 0; i < this.#held; i++) {
        if (matches(selector, this.#tags[i])) matching[count++] = this.#values[i];
      }
      sink.add(matching.subarray(0, count));
    }
    this.#held = 0;
  }
}

function judge({ metric, sink, thresholds }: Series, elapsed_ms: number): ThresholdResult[] {
  // Counters count from 0; any other metric without samples is unknown.
  const no_samples = sink.is_empty && metric.kind !== "counter";
  return thresholds.map((threshold) => {
    const { aggregation, operator, bound } = threshold.expression;
    const value = sink.figure(aggregation, elapsed_ms);
    return { threshold, value, no_samples, ok: !no_samples && holds(value, operator, bound) };
  });
}

function describe({ metric, tags }: Selector): string {
  return `${metric}{${tags.map(([name, value]) => `${name}:${value}`).join(",")}}`;
}
