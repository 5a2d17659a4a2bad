/**
 * Percentile of an ascending sample, by linear interpolation between the closest ranks (type 7 of
 * Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996): the value at the fractional
 * zero-based rank `(n − 1) · p / 100`.
 *
 * @param sorted Ascending numbers, in any unit; it is the unit of the result.
 * @param p Percent, 0–100.
 * @returns NaN for an empty sample.
 * @throws {RangeError} `p` is outside 0–100.
 *
 * ```ts
 * percentile([10, 20, 30, 40], 50); // 25
 * ```
 */
export function percentile(sorted: ArrayLike<number>, p: number): number {
  if (!(p >= 0 && p <= 100)) {
    throw new RangeError(`Cannot take percentile ${p}: must be a percent in 0–100`);
  }
  if (sorted.length === 0) return NaN;
  const rank = (sorted.length - 1) * p / 100;
  const below = Math.floor(rank);
  const above = Math.ceil(rank);
  return sorted[below] + (sorted[above] - sorted[below]) * (rank - below);
}
