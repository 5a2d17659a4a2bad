/** Latencies that are known beforehand. Pure. */

/** Shortest and longest answer of the delayed server, in milliseconds. */
export const DELAY_MIN_MS = 10;
export const DELAY_MAX_MS = 60;

/** Steps through [0, 1) that fill it evenly whatever their number: the golden ratio's. */
const GOLDEN_STEP = (Math.sqrt(5) - 1) / 2;

/**
 * Delay of the `index`-th answer: evenly spread over [{@link DELAY_MIN_MS}, {@link DELAY_MAX_MS}), so
 * that percentile p is `10 + 50 · p/100` ms.
 *
 * ```ts
 * delayOf(0); // 10
 * ```
 */
export function delayOf(index: number): number {
  return DELAY_MIN_MS + (DELAY_MAX_MS - DELAY_MIN_MS) * ((index * GOLDEN_STEP) % 1);
}

/**
 * How far each arrival is from its place on an even grid of `period_ms`, in milliseconds, with the
 * grid laid so that the median is 0.
 */
export function gridOffsets(arrivals_ms: readonly number[], period_ms: number): number[] {
  const raw = arrivals_ms.map((at_ms, index) => at_ms - index * period_ms);
  const middle = raw.toSorted((a, b) => a - b)[raw.length >> 1];
  return raw.map((offset) => offset - middle);
}
