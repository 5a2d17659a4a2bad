/** Medians and spreads of a few rounds. Pure. */
import { percentile } from "../../platform/mod.ts";

/** Lower quartile, median, upper quartile; NaN without values. */
export function quartiles(values: readonly number[]): [low: number, middle: number, high: number] {
  const sorted = values.toSorted((a, b) => a - b);
  return [percentile(sorted, 25), percentile(sorted, 50), percentile(sorted, 75)];
}

/** The median; NaN without values. */
export function median(values: readonly number[]): number {
  return quartiles(values)[1];
}

/** Interquartile range over the median; NaN without values. */
export function spread(values: readonly number[]): number {
  const [low, middle, high] = quartiles(values);
  return (high - low) / middle;
}

/** `values` over `rivals`, round by round. */
export function ratios(values: readonly number[], rivals: readonly number[]): number[] {
  return values.map((value, i) => value / rivals[i]);
}
