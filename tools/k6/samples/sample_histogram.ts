/** Counts samples of any size and sign in log-linear buckets. */

/** How far a sample read back is from what it was, at most, relative to it. */
export const HISTOGRAM_ERROR_MAX = 1 / 1024;

/** Leading mantissa bits that tell buckets apart. */
const BUCKET_BITS = 9;
const BUCKETS_PER_PAGE = 1 << BUCKET_BITS;
/** Of the float's upper 32 bits: sign and exponent above, mantissa below. */
const MANTISSA_BITS = 20;
const PAGES = 1 << (32 - MANTISSA_BITS);
const NEGATIVE_PAGES = PAGES / 2;

const FLOAT = new Float64Array(1);
const WORDS = new Uint32Array(FLOAT.buffer);
const UPPER = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * One page of buckets an octave, allocated when the octave is first met. Counts are floats, exact
 * to 2^53.
 */
export class SampleHistogram {
  /** By sign and exponent. */
  readonly #pages: (Float64Array | undefined)[] = new Array(PAGES).fill(undefined);
  /** The pages there are, in ascending order of the samples in them. */
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

/** Negative numbers come first, those with the largest exponent before all. */
function order(page_index: number): number {
  return page_index < NEGATIVE_PAGES ? page_index : NEGATIVE_PAGES - 1 - page_index;
}

/** Exponent 0 is 0 and numbers below 1e-307: read back as 0. */
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
