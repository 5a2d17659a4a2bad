/** Windows of the load: percentiles, counts, and the windows of a span. Pure. */
import type { LoadRecord, LoadSide } from "../journal/mod.ts";
import type { Span } from "./judgement.ts";

export type Durations = LoadSide["durations"];

/**
 * Upper bound of the bucket at rank ⌈n · p / 100⌉ (nearest-rank percentile), at most one bucket too
 * high. NaN if there are no durations.
 */
export function bucketPercentile(durations: Durations, p: number): number {
  const total = countOf(durations);
  let seen = 0;
  for (const [le_ms, count] of durations) {
    seen += count;
    if (count > 0 && seen >= total * p / 100) return le_ms;
  }
  return NaN;
}

export function countOf(durations: Durations): number {
  return durations.reduce((sum, [, count]) => sum + count, 0);
}

export function countIn(windows: readonly { durations: Durations }[]): number {
  return windows.reduce((sum, { durations }) => sum + countOf(durations), 0);
}

/** Windows of the load, as recorded, that lie wholly within one of the spans. */
export function windowsWithin(
  { load }: { load: readonly LoadRecord[] },
  spans: readonly Span[],
): LoadRecord[] {
  return load.filter(({ t_ms, window_ms }) =>
    spans.some(({ from_ms, to_ms }) => t_ms - window_ms >= from_ms && t_ms <= to_ms)
  );
}

/** The same windows with the durations that were due in them. */
export function dueWithin(
  { load_due }: { load_due: readonly LoadRecord[] },
  spans: readonly Span[],
): LoadRecord[] {
  return windowsWithin({ load: load_due }, spans);
}
