/** Percentiles of a window of the load, which is a sparse histogram. */
import type { LoadRecord } from "../journal/mod.ts";

/**
 * Upper bound of the bucket that holds the value at rank ⌈n · p / 100⌉ (the nearest-rank
 * percentile); NaN where there is none. Off by at most the bucket's width.
 */
export function bucketPercentile(
  durations: LoadRecord["durations"],
  p: number,
): number {
  const total = countOf(durations);
  let seen = 0;
  for (const [le_ms, count] of durations) {
    seen += count;
    if (count > 0 && seen >= total * p / 100) return le_ms;
  }
  return NaN;
}

/** How many durations all of some windows have. */
export function countIn(windows: readonly Pick<LoadRecord, "durations">[]): number {
  return windows.reduce((sum, { durations }) => sum + countOf(durations), 0);
}

/** How many durations there are. */
export function countOf(durations: LoadRecord["durations"]): number {
  return durations.reduce((sum, [, count]) => sum + count, 0);
}
