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
 * for (const value of [10, 20, 30, 40]) sink.add(value);
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

  add(value: number): void {
    if (this.#histogram !== null) this.#histogram.add(value);
    else this.#addExact(value);
    this.#count++;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
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

  #addExact(value: number): void {
    let exact = this.#exact!;
    if (this.#count === EXACT_SAMPLES_MAX) {
      this.#spill(exact);
      this.#histogram!.add(value);
      return;
    }
    if (this.#count === exact.length) {
      const larger = new Float64Array(exact.length * 2);
      larger.set(exact);
      exact = this.#exact = larger;
    }
    exact[this.#count] = value;
    this.#is_sorted = false;
  }

  #spill(exact: Float64Array): void {
    const histogram = new SampleHistogram();
    for (let i = 0; i < this.#count; i++) histogram.add(exact[i]);
    this.#histogram = histogram;
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
