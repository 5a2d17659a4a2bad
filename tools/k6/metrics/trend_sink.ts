/**
 * A distribution in bounded memory. It keeps up to 8,192 samples; beyond that it counts them in a
 * log-linear histogram, as HdrHistogram does. The leading bits of a 64-bit float (sign, exponent, 9
 * bits of mantissa) are its bucket: 512 buckets per octave. The buckets of an octave are allocated
 * at its first sample, so any float fits; latencies from 10 µs to 60 s take 23 octaves, 92 KB.
 */
import { percentile } from "../../../platform/mod.ts";
import type { Aggregation } from "./threshold_expression.ts";

/** Number of samples up to which every percentile is exact. */
const EXACT_SAMPLES_MAX = 8192;
/** Samples of the first array; it doubles when it is full. */
const FIRST_CAPACITY = 64;

export class TrendSink {
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
   * Exact up to {@link EXACT_SAMPLES_MAX} samples and for p = 0 and 100. Otherwise the error is at
   * most 1/1024 of the larger of the two samples it interpolates between.
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

  /** Sorts in place: the order of samples is irrelevant. */
  #sorted(exact: Float64Array<ArrayBuffer>): Float64Array {
    const samples = exact.subarray(0, this.#count);
    if (!this.#is_sorted) samples.sort();
    this.#is_sorted = true;
    return samples;
  }

  /** Approximately the sample with this index in sorted order. */
  #atRank(rank: number): number {
    if (rank <= 0) return this.#min;
    if (rank >= this.#count - 1) return this.#max;
    return Math.min(Math.max(this.#histogram!.atRank(rank), this.#min), this.#max);
  }
}

/** Leading bits of the mantissa that select a bucket; the error is 1 / 2 ** (bits + 1). */
const BUCKET_BITS = 9;
const BUCKETS_PER_PAGE = 1 << BUCKET_BITS;
/** Mantissa bits in the upper 32 bits of a float, below sign and exponent. */
const MANTISSA_BITS = 20;
const PAGES = 1 << (32 - MANTISSA_BITS);
const NEGATIVE_PAGES = PAGES / 2;
const FLOAT = new Float64Array(1);
const WORDS = new Uint32Array(FLOAT.buffer);
const UPPER = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Counts samples, with one page of buckets per octave. Counts are floats, exact to 2^53. */
class SampleHistogram {
  /** By sign and exponent. */
  readonly #pages: (Float64Array | undefined)[] = new Array(PAGES).fill(undefined);
  /** Allocated pages, in ascending order of their samples. */
  #ascending: number[] = [];

  add(samples: Float64Array): void {
    for (let i = 0; i < samples.length; i++) {
      FLOAT[0] = samples[i];
      const upper = WORDS[UPPER];
      const page = this.#pages[upper >>> MANTISSA_BITS] ?? this.#open(upper >>> MANTISSA_BITS);
      page[(upper >>> (MANTISSA_BITS - BUCKET_BITS)) & (BUCKETS_PER_PAGE - 1)]++;
    }
  }

  /** The sample with this index in sorted order: the middle of its bucket. */
  atRank(rank: number): number {
    let seen = 0;
    for (const page_index of this.#ascending) {
      const page = this.#pages[page_index]!;
      const is_negative = page_index >= NEGATIVE_PAGES;
      for (let i = 0; i < BUCKETS_PER_PAGE; i++) {
        const bucket = is_negative ? BUCKETS_PER_PAGE - 1 - i : i;
        seen += page[bucket];
        if (seen > rank) return middleOf(page_index, bucket);
      }
    }
    return NaN;
  }

  #open(page_index: number): Float64Array {
    const page = new Float64Array(BUCKETS_PER_PAGE);
    this.#pages[page_index] = page;
    this.#ascending = [...this.#ascending, page_index].sort((a, b) => order(a) - order(b));
    return page;
  }
}

/** Negative numbers come first, the largest exponent before all. */
function order(page_index: number): number {
  return page_index < NEGATIVE_PAGES ? page_index : NEGATIVE_PAGES - 1 - page_index;
}

/** Exponent 0 (0 and numbers below 1e-307) reads back as 0. */
function middleOf(page_index: number, bucket: number): number {
  if (page_index === 0 || page_index === NEGATIVE_PAGES) return 0;
  WORDS[1 - UPPER] = 0;
  const upper = page_index << MANTISSA_BITS;
  WORDS[UPPER] = upper | (bucket << (MANTISSA_BITS - BUCKET_BITS));
  const edge = FLOAT[0];
  const next_middle = bucket * 2 + 1;
  WORDS[UPPER] = upper | (next_middle << (MANTISSA_BITS - BUCKET_BITS - 1));
  return Number.isFinite(FLOAT[0]) ? FLOAT[0] : edge;
}
