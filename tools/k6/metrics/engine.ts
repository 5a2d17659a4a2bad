/** Takes every sample of a run, sums it up, and says which thresholds hold. */
import { COUNTED_FROM_START, type Metric, type MetricRegistry, type Tags } from "./metric.ts";
import { type Aggregation, holds, parseAggregation } from "./threshold_expression.ts";
import {
  matches,
  parseSelector,
  type Selector,
  type Threshold,
  type ThresholdGroup,
} from "./thresholds.ts";
import { createSink, type Sink } from "./sinks.ts";

export const TREND_STATS_DEFAULT = ["avg", "min", "med", "max", "p(90)", "p(95)"] as const;

/** Summed up in every run, as k6 does: how long the requests took that went as expected. */
const SUBMETRICS_ALWAYS = ["http_req_duration{expected_response:true}"];

/** Hears each sample as it is taken; `time_ms` is the Unix time. */
export type SampleListener = (metric: Metric, value: number, tags: Tags, time_ms: number) => void;

export interface EngineOptions {
  /** Figures of trends in the summary; default {@link TREND_STATS_DEFAULT}. */
  summary_trend_stats?: readonly string[];
  onSample?: SampleListener;
}

/** Whether one threshold holds, and what of. */
export interface ThresholdVerdict {
  threshold: Threshold;
  ok: boolean;
  /** There is nothing to judge, so it does not hold. */
  no_samples: boolean;
  /** What was compared. */
  value: number;
}

export interface Evaluation {
  verdicts: ThresholdVerdict[];
  failed: ThresholdVerdict[];
  /** A threshold that ends the run does not hold, and has samples. */
  abort: boolean;
}

/** One metric or sub-metric as the summary shows it. */
export interface MetricFigures {
  /** The metric's name, or a sub-metric's as the threshold writes it. */
  label: string;
  metric: Metric;
  is_submetric: boolean;
  is_empty: boolean;
  values: Record<string, number>;
  verdicts: ThresholdVerdict[];
}

/**
 * ```ts
 * const engine = new MetricEngine(registry, resolveThresholds({ checks: ["rate==1"] }, registry));
 * engine.add(registry.builtin("checks"), 1, {}, 0);
 * engine.evaluate(1000).failed; // []
 * ```
 */
export class MetricEngine {
  /** Called for each sample; settable, since outputs may open late. */
  onSample: SampleListener | null;
  readonly #registry: MetricRegistry;
  readonly #trend_stats: readonly Aggregation[];
  /** By `Metric.index`. */
  readonly #slots: (Slot | undefined)[] = [];
  /** Those with thresholds, in the order of the options. */
  readonly #judged: Series[] = [];
  readonly #submetrics: Series[] = [];
  #invalid_samples = 0;

  constructor(
    registry: MetricRegistry,
    thresholds: readonly ThresholdGroup[] = [],
    options: EngineOptions = {},
  ) {
    const { summary_trend_stats = TREND_STATS_DEFAULT, onSample = null } = options;
    this.#registry = registry;
    this.#trend_stats = summary_trend_stats.map(parseAggregation);
    this.onSample = onSample;
    for (const group of thresholds) this.#judged.push(this.#openSeries(group));
    for (const label of SUBMETRICS_ALWAYS) this.#openSubmetric(label);
  }

  /** Samples that were no finite number: counted, and left out. */
  get invalid_samples(): number {
    return this.#invalid_samples;
  }

  /**
   * Takes one sample.
   *
   * @param time_ms Unix time, for outputs alone.
   */
  add(metric: Metric, value: number, tags: Tags, time_ms: number): void {
    if (!Number.isFinite(value)) {
      this.#invalid_samples++;
      return;
    }
    (this.#slots[metric.index] ?? this.#openSlot(metric)).add(value, tags);
    if (this.onSample !== null) this.onSample(metric, value, tags, time_ms);
  }

  /**
   * Judges all thresholds. One on a metric without samples does not hold, unlike in k6, but does not
   * end a run either: the samples may be yet to come.
   *
   * @param elapsed_ms Since the start of the test.
   */
  evaluate(elapsed_ms: number): Evaluation {
    this.#settle();
    const verdicts = this.#judged.flatMap((series) => judge(series, elapsed_ms));
    const failed = verdicts.filter(({ ok }) => !ok);
    const abort = failed.some(({ threshold, no_samples }) =>
      threshold.abort_on_fail && !no_samples && elapsed_ms >= threshold.delay_abort_eval_ms
    );
    return { verdicts, failed, abort };
  }

  /** Figures of one metric, as k6 names them; of one without samples, zeros. */
  values(metric: Metric, elapsed_ms: number): Record<string, number> {
    const slot = this.#slots[metric.index] ?? this.#openSlot(metric);
    slot.settle();
    return slot.sink.figures(this.#trend_stats, elapsed_ms);
  }

  /** One figure of a metric, such as `p(95)` for a progress line; NaN without samples. */
  figure(metric: Metric, aggregation: Aggregation, elapsed_ms: number): number {
    const slot = this.#slots[metric.index];
    slot?.settle();
    return slot === undefined || slot.sink.is_empty
      ? NaN
      : slot.sink.figure(aggregation, elapsed_ms);
  }

  /** Every metric and sub-metric that has samples or thresholds, by metric. */
  figures(elapsed_ms: number): MetricFigures[] {
    this.#settle();
    const all: MetricFigures[] = [];
    for (const metric of this.#registry.all()) {
      const sink = this.#slots[metric.index]?.sink;
      const own = this.#judged.filter((series) => series.sink === sink);
      if (sink !== undefined && (own.length > 0 || !sink.is_empty)) {
        all.push({
          label: metric.name,
          metric,
          is_submetric: false,
          is_empty: sink.is_empty,
          values: sink.figures(this.#trend_stats, elapsed_ms),
          verdicts: own.flatMap((series) => judge(series, elapsed_ms)),
        });
      }
      for (const series of this.#submetrics) {
        if (series.metric !== metric) continue;
        if (series.sink.is_empty && series.thresholds.length === 0) continue;
        all.push({
          label: series.label,
          metric,
          is_submetric: true,
          is_empty: series.sink.is_empty,
          values: series.sink.figures(this.#trend_stats, elapsed_ms),
          verdicts: judge(series, elapsed_ms),
        });
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

  #openSeries({ label, metric, selector, thresholds }: ThresholdGroup): Series {
    const slot = this.#openSlot(metric);
    const is_whole = selector.tags.length === 0;
    const sink = is_whole ? slot.sink : createSink(metric.kind);
    const series = { label, metric, selector, sink, thresholds };
    if (!is_whole) {
      slot.submetrics.push(series);
      this.#submetrics.push(series);
    }
    return series;
  }

  #openSubmetric(label: string): void {
    const selector = parseSelector(label);
    const metric = this.#registry.find(selector.metric);
    const is_known = this.#submetrics.some((series) => describe(series.selector) === label);
    if (metric === undefined || is_known) return;
    this.#openSeries({ label, metric, selector, thresholds: [] });
  }
}

function judge({ metric, sink, thresholds }: Series, elapsed_ms: number): ThresholdVerdict[] {
  const no_samples = sink.is_empty && !COUNTED_FROM_START.has(metric.name);
  return thresholds.map((threshold) => {
    const { aggregation, operator, bound } = threshold.expression;
    const value = sink.figure(aggregation, elapsed_ms);
    return { threshold, value, no_samples, ok: !no_samples && holds(value, operator, bound) };
  });
}

function describe({ metric, tags }: Selector): string {
  return `${metric}{${tags.map(([name, value]) => `${name}:${value}`).join(",")}}`;
}

/** Where the samples of one metric go. */

/** Samples of a metric that are held before they are summed up. */
export const HELD_MAX = 256;

/** A metric (selector without tags) or a sub-metric of it. */
export interface Series {
  readonly label: string;
  readonly metric: Metric;
  readonly selector: Selector;
  readonly sink: Sink;
  readonly thresholds: readonly Threshold[];
}

/** For sub-metrics, of one slot after another. */
const matching = new Float64Array(HELD_MAX);

/**
 * Holds samples and sums up many at a time: to take one is to write to two arrays, and the loops that
 * sum up are compiled once instead of into each place that has a sample.
 */
export class Slot {
  readonly sink: Sink;
  /** Each sample is one of those whose selectors its tags match, too. */
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

  /** Sums up what is held; to be called before anything is read. */
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
