/**
 * Latencies in a log-linear histogram of fixed size, the scheme of HdrHistogram. Recording
 * allocates nothing.
 *
 * The bucket of a latency is the upper half of its 32-bit float: the exponent is a logarithm, the
 * first bits of the mantissa are linear. An octave has 128 buckets, each at most 1/128 wide. A
 * percentile is the middle of its bucket: at most {@link LATENCY_ERROR_MAX} off.
 */

/** Relative error of a percentile between the two limits below. */
export const LATENCY_ERROR_MAX = 1 / 256;
/** Shorter latencies share one bucket: about 1 µs, in milliseconds. */
export const LATENCY_MS_MIN = 2 ** -10;
/** Longer latencies share one bucket: about 131 s, in milliseconds. */
export const LATENCY_MS_MAX = 2 ** 17;
const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);
const BUCKET_FIRST = bucketOf(LATENCY_MS_MIN);
const BUCKETS = bucketOf(LATENCY_MS_MAX) - BUCKET_FIRST + 1;

/** Percentiles of a window; null without samples. */
export type LatencySummary = ReturnType<LatencyHistogram["summary"]>;

/**
 * Counts latencies by bucket.
 *
 * ```ts
 * const histogram = new LatencyHistogram();
 * for (const latency_ms of [1, 2, 3]) histogram.record(latency_ms);
 * histogram.percentile(50); // 2 ± 0.4 %
 * ```
 */
export class LatencyHistogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #sum_ms = 0;
  #min_ms = Infinity;
  #max_ms = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds one sample; a negative one counts as 0. */
  record(latency_ms: number): void {
    const latency = latency_ms > 0 ? latency_ms : 0;
    const bucket = bucketOf(latency) - BUCKET_FIRST;
    this.#counts[bucket < 0 ? 0 : bucket < BUCKETS ? bucket : BUCKETS - 1]++;
    this.#count++;
    this.#sum_ms += latency;
    if (latency < this.#min_ms) this.#min_ms = latency;
    if (latency > this.#max_ms) this.#max_ms = latency;
  }

  /**
   * The p-th percentile in milliseconds, 0 ≤ p ≤ 100; null without samples. Interpolates linearly
   * between closest ranks (Hyndman & Fan's type 7).
   */
  percentile(p: number): number | null {
    if (!(p >= 0 && p <= 100)) throw new RangeError(`Cannot take percentile ${p}: must be 0–100`);
    if (this.#count === 0) return null;
    const rank = (p / 100) * (this.#count - 1);
    const below = Math.floor(rank);
    const low_ms = this.#atRank(below);
    return rank === below ? low_ms : low_ms + (this.#atRank(below + 1) - low_ms) * (rank - below);
  }

  /** Samples longer than `limit_ms`, by the middle of their bucket. */
  countOver(limit_ms: number): number {
    const first = bucketOf(limit_ms) - BUCKET_FIRST;
    return this.#counts.subarray(Math.max(0, first + 1)).reduce((sum, count) => sum + count, 0);
  }

  summary() {
    const empty = this.#count === 0;
    return {
      count: this.#count,
      min_ms: empty ? null : this.#min_ms,
      mean_ms: empty ? null : this.#sum_ms / this.#count,
      p50_ms: this.percentile(50),
      p90_ms: this.percentile(90),
      p95_ms: this.percentile(95),
      p99_ms: this.percentile(99),
      p999_ms: this.percentile(99.9),
      max_ms: empty ? null : this.#max_ms,
    };
  }

  /** The sample with this index in sorted order, as the middle of its bucket. */
  #atRank(rank: number): number {
    if (rank >= this.#count - 1) return this.#max_ms;
    if (rank <= 0) return this.#min_ms;
    let seen = 0, bucket = 0;
    while ((seen += this.#counts[bucket]) <= rank) bucket++;
    const middle_ms = (lowerBound(bucket) + lowerBound(bucket + 1)) / 2;
    return Math.min(Math.max(middle_ms, this.#min_ms), this.#max_ms);
  }
}

function bucketOf(latency_ms: number): number {
  FLOAT[0] = latency_ms;
  return BITS[0] >>> 16;
}

function lowerBound(bucket: number): number {
  BITS[0] = (bucket + BUCKET_FIRST) << 16;
  return FLOAT[0];
}
