/** Sinks sum up the samples of a metric. */
import type { MetricKind } from "./metric.ts";
import type { Aggregation } from "./threshold_expression.ts";
import { TrendSink } from "./trend_sink.ts";

/** Sums up samples in bounded memory. */
export interface Sink {
  readonly is_empty: boolean;
  /** Takes many samples at a time: a call per sample would cost more than the sum. */
  add(samples: Float64Array): void;
  /** One figure: NaN if this kind of metric does not have it, 0 without samples. */
  figure(aggregation: Aggregation, elapsed_ms: number): number;
  /** All figures by their k6 names. */
  figures(trend_stats: readonly Aggregation[], elapsed_ms: number): Record<string, number>;
}

class CounterSink implements Sink {
  #sum = 0;
  #samples = 0;

  get is_empty(): boolean {
    return this.#samples === 0;
  }

  add(samples: Float64Array): void {
    let sum = this.#sum;
    for (let i = 0; i < samples.length; i++) sum += samples[i];
    this.#sum = sum;
    this.#samples += samples.length;
  }

  figure({ kind }: Aggregation, elapsed_ms: number): number {
    if (kind === "count") return this.#sum;
    return kind === "rate" ? this.#perSecond(elapsed_ms) : NaN;
  }

  figures(_trend_stats: readonly Aggregation[], elapsed_ms: number): Record<string, number> {
    return { count: this.#sum, rate: this.#perSecond(elapsed_ms) };
  }

  #perSecond(elapsed_ms: number): number {
    return elapsed_ms > 0 ? this.#sum / (elapsed_ms / 1000) : 0;
  }
}

class GaugeSink implements Sink {
  #value = 0;
  #min = Infinity;
  #max = -Infinity;

  get is_empty(): boolean {
    return this.#min > this.#max;
  }

  add(samples: Float64Array): void {
    for (let i = 0; i < samples.length; i++) {
      const value = this.#value = samples[i];
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
    }
  }

  figure({ kind }: Aggregation): number {
    return kind === "value" ? this.#value : NaN;
  }

  figures(): Record<string, number> {
    const empty = this.is_empty;
    return { value: this.#value, min: empty ? 0 : this.#min, max: empty ? 0 : this.#max };
  }
}

class RateSink implements Sink {
  #passes = 0;
  #samples = 0;

  get is_empty(): boolean {
    return this.#samples === 0;
  }

  add(samples: Float64Array): void {
    let passes = this.#passes;
    for (let i = 0; i < samples.length; i++) if (samples[i] !== 0) passes++;
    this.#passes = passes;
    this.#samples += samples.length;
  }

  figure({ kind }: Aggregation): number {
    return kind === "rate" ? this.#share() : NaN;
  }

  figures(): Record<string, number> {
    const passes = this.#passes;
    return { rate: this.#share(), passes, fails: this.#samples - passes };
  }

  #share(): number {
    return this.#samples === 0 ? 0 : this.#passes / this.#samples;
  }
}

const SINKS: Readonly<Record<MetricKind, new () => Sink>> = {
  counter: CounterSink,
  gauge: GaugeSink,
  rate: RateSink,
  trend: TrendSink,
};

export function createSink(kind: MetricKind): Sink {
  return new SINKS[kind]();
}
