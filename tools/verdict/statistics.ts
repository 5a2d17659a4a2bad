/** Medians and spreads of a few rounds. Pure. */
import { percentile } from "../../platform/mod.ts";

/** Lower quartile, median, upper quartile; NaN where there is no value. */
export function quartiles(values: readonly number[]): [low: number, middle: number, high: number] {
  const sorted = values.toSorted((a, b) => a - b);
  return [percentile(sorted, 25), percentile(sorted, 50), percentile(sorted, 75)];
}

/** The middle value; NaN where there is none. */
export function median(values: readonly number[]): number {
  return quartiles(values)[1];
}

/** Interquartile range over the median: 0 where all are equal; NaN where there is none. */
export function spread(values: readonly number[]): number {
  const [low, middle, high] = quartiles(values);
  return (high - low) / middle;
}

/** Element by element, `values` over `rivals`: both from the same rounds. */
export function ratios(values: readonly number[], rivals: readonly number[]): number[] {
  return values.map((value, i) => value / rivals[i]);
}
