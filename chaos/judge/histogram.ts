/** Percentiles of the load's windows, which are sparse histograms. */
import type { LoadRecord } from "../journal/records.ts";

/** Durations of several windows as one. */
export function merged(windows: readonly LoadRecord[]): [le_ms: number, count: number][] {
  const counts = new Map<number, number>();
  for (const { durations } of windows) {
    for (const [le_ms, count] of durations) counts.set(le_ms, (counts.get(le_ms) ?? 0) + count);
  }
  return [...counts].toSorted(([a], [b]) => a - b);
}

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

/** How many durations there are. */
export function countOf(durations: LoadRecord["durations"]): number {
  return durations.reduce((sum, [, count]) => sum + count, 0);
}
