/** A gauge that wanders: a walk that is pulled back to its mean, in whole units. */
import type { Sfc32 } from "./random.ts";

/** Range and spelling of a gauge. Its values are whole numbers of 10^−decimals of its unit. */
export interface GaugeRange {
  min_units: number;
  /** At most 2^21 above `min_units`: the arithmetic is done in 32 bits. */
  max_units: number;
  decimals: 0 | 1 | 2;
}

/** How many loads a switch can have: see {@link drawLoad}. A power of two. */
export const LOADS = 1_024;

/** The noise of one tick reaches 2^−5 of the range to either side. */
const NOISE_SPAN_SHIFT = 4;

/** A tick takes back 2^−4 of the distance to the mean. */
const PULL_SHIFT = 4;

/** Bits of a draw that make the noise. */
const NOISE_BITS = 10;

/**
 * How loaded a switch is, for its whole life: 0 … {@link LOADS} − 1, away from both ends. All its
 * gauges follow it, so those of a busy switch are all high and those of an idle one all low.
 */
export function drawLoad(random: Sfc32): number {
  const margin = LOADS / 8;
  return margin + random.below(LOADS - 2 * margin);
}

/**
 * The value a gauge of a switch with this load is pulled back to.
 *
 * ```ts
 * meanOf({ min_units: 0, max_units: 4000, decimals: 1 }, 512); // 2000, which is 200.0
 * ```
 */
export function meanOf(range: GaugeRange, load: number): number {
  return range.min_units + (((range.max_units - range.min_units) * load / LOADS) | 0);
}

/**
 * The gauge's value one tick later: an autoregressive walk of first order, with a coefficient of
 * 15/16 and even noise, which wanders about 5 % of the range around its mean and stays inside it.
 *
 * @param drawn 32 random bits, of which the upper {@link NOISE_BITS} are used.
 *
 * ```ts
 * nextGauge(1224, meanOf(range, load), range, random.int32()); // 1231
 * ```
 */
export function nextGauge(units: number, mean: number, range: GaugeRange, drawn: number): number {
  const { min_units, max_units } = range;
  const centered = (drawn >>> (32 - NOISE_BITS)) - (1 << (NOISE_BITS - 1));
  const noise = (centered * ((max_units - min_units) >> NOISE_SPAN_SHIFT)) >> NOISE_BITS;
  const next = units + ((mean - units) >> PULL_SHIFT) + noise;
  if (next < min_units) return min_units;
  return next > max_units ? max_units : next;
}
