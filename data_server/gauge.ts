/** A gauge as a random walk around a mean, in whole units. */
import type { Sfc32 } from "./random.ts";

/** Range and format of a gauge. Its values are integers in steps of 10^−decimals. */
export interface GaugeRange {
  min_units: number;
  /** At most 2^21 above `min_units`, because the arithmetic is 32-bit. */
  max_units: number;
  decimals: 0 | 1 | 2;
}

/** Number of load levels, see {@link drawLoad}. A power of two. */
export const LOADS = 1_024;

/** The noise of one tick reaches 2^−5 of the range to either side. */
const NOISE_SPAN_SHIFT = 4;

/** Each tick closes 2^−4 of the distance to the mean. */
const PULL_SHIFT = 4;

/** Bits of a random number used for the noise. */
const NOISE_BITS = 10;

/** Load of a switch for its lifetime, with a margin at both ends; all its gauges follow it. */
export function drawLoad(random: Sfc32): number {
  const margin = LOADS / 8;
  return margin + random.below(LOADS - 2 * margin);
}

/** The mean of a gauge at this load. */
export function meanOf(range: GaugeRange, load: number): number {
  return range.min_units + (((range.max_units - range.min_units) * load / LOADS) | 0);
}

/**
 * The value one tick later: an AR(1) walk (15/16, uniform noise of about 5 % of the range).
 *
 * @param drawn 32 random bits.
 */
export function nextGauge(units: number, mean: number, range: GaugeRange, drawn: number): number {
  const { min_units, max_units } = range;
  const centered = (drawn >>> (32 - NOISE_BITS)) - (1 << (NOISE_BITS - 1));
  const noise = (centered * ((max_units - min_units) >> NOISE_SPAN_SHIFT)) >> NOISE_BITS;
  const next = units + ((mean - units) >> PULL_SHIFT) + noise;
  if (next < min_units) return min_units;
  return next > max_units ? max_units : next;
}
