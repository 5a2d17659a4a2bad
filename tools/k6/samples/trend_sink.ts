/**
 * A distribution in bounded memory. Up to {@link EXACT_SAMPLES_MAX} samples are kept as they are;
 * beyond, they are counted in a log-linear histogram (the scheme HdrHistogram made known): the
 * leading bits of a 64-bit float are its sign, its exponent and the first digits of its mantissa,
 * which is 512 buckets an octave. A page of buckets is allocated once its octave is met, so any
 * float is taken: latencies from 10 µs to 60 s meet 23 octaves, 92 KB.
 */
import { percentile } from "../../../platform/percentile.ts";
import type { Aggregation } from "../thresholds/mod.ts";
import { SampleHistogram } from "./sample_histogram.ts";
import type { Sink } from "./sink.ts";

/** Samples up to which every percentile is exact. */
export const EXACT_SAMPLES_MAX = 8192;

const FIRST_CAPACITY = 64;

/**
 * ```ts
 * const sink = new TrendSink();
 * sink.add(Float64Array.of(10, 20, 30, 40));
 * sink.percentile(50); // 25
 * ```
 */
export class TrendSink implements Sink {
  #exact: Float64Array<ArrayBuffer> | null = new Float64Array(FIRST_CAPACITY);
  #is_sorted = true;
  #histogram: SampleHistogram | null = null;
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;

  get is_empty(): boolean {
    return this.#count === 0;
  }

  get count(): number {
    return this.#count;
  }

  add(samples: Float64Array): void {
    const count = this.#count + samples.length;
    if (this.#exact !== null && count > EXACT_SAMPLES_MAX) this.#spill(this.#exact);
    if (this.#histogram !== null) this.#histogram.add(samples);
    else this.#addExact(samples);
    this.#count = count;
    let sum = this.#sum, min = this.#min, max = this.#max;
    for (let i = 0; i < samples.length; i++) {
      const value = samples[i];
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    this.#sum = sum;
    this.#min = min;
    this.#max = max;
  }

  /**
   * The p-th percentile by linear interpolation between closest ranks (type 7), 0 without samples.
   * Exact up to {@link EXACT_SAMPLES_MAX} samples and for p = 0 and 100; otherwise at most
   * `HISTOGRAM_ERROR_MAX` off, relative to the larger of the two samples interpolated between.
   */
  percentile(p: number): number {
    if (this.#count === 0) return 0;
    if (this.#exact !== null) return percentile(this.#sorted(this.#exact), p);
    const rank = (this.#count - 1) * p / 100;
    const below = Math.floor(rank);
    const low = this.#atRank(below);
    return rank === below ? low : low + (this.#atRank(below + 1) - low) * (rank - below);
  }

  figure(aggregation: Aggregation): number {
    switch (aggregation.kind) {
      case "avg":
        return this.#count === 0 ? 0 : this.#sum / this.#count;
      case "min":
        return this.#count === 0 ? 0 : this.#min;
      case "max":
        return this.#count === 0 ? 0 : this.#max;
      case "med":
        return this.percentile(50);
      case "p":
        return this.percentile(aggregation.percentile);
      case "count":
        return this.#count;
      default:
        return NaN;
    }
  }

  figures(trend_stats: readonly Aggregation[]): Record<string, number> {
    const figures: Record<string, number> = {};
    for (const stat of trend_stats) figures[stat.label] = this.figure(stat);
    return figures;
  }

  #addExact(samples: Float64Array): void {
    let exact = this.#exact!;
    const count = this.#count + samples.length;
    if (count > exact.length) {
      const larger = new Float64Array(Math.max(count, exact.length * 2));
      larger.set(exact);
      exact = this.#exact = larger;
    }
    exact.set(samples, this.#count);
    this.#is_sorted = false;
  }

  #spill(exact: Float64Array): void {
    this.#histogram = new SampleHistogram();
    this.#histogram.add(exact.subarray(0, this.#count));
    this.#exact = null;
  }

  /** The order of samples means nothing, so they are sorted in place. */
  #sorted(exact: Float64Array<ArrayBuffer>): Float64Array {
    const samples = exact.subarray(0, this.#count);
    if (!this.#is_sorted) samples.sort();
    this.#is_sorted = true;
    return samples;
  }

  /** The sample with this index in sorted order, or near it. */
  #atRank(rank: number): number {
    if (rank <= 0) return this.#min;
    if (rank >= this.#count - 1) return this.#max;
    return Math.min(Math.max(this.#histogram!.atRank(rank), this.#min), this.#max);
  }
}
