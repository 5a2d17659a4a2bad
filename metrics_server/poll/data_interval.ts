/**
 * The data interval of a source, learned from the times of successive snapshots. Pure.
 *
 * The intervals travel with their snapshot (to a store, to other replicas), so that every process
 * has learned the same from the same data.
 */
import type { SnapshotData } from "../snapshot/mod.ts";

/** Intervals kept per source. Their median is right while two of them are wrong. */
export const INTERVALS_MAX = 5;

/** Time between the data of successive snapshots: the lower median; null before the first. */
export function dataInterval({ intervals_ms }: Pick<SnapshotData, "intervals_ms">): number | null {
  const sorted = intervals_ms.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? null;
}

/**
 * What is known after the next snapshot: the last {@link INTERVALS_MAX} intervals in whole
 * milliseconds, the newest last. Only a later time of the same kind adds one, so a frozen source
 * adds none.
 *
 * @param is_gap Whether snapshots may be missing in between, for example because polls failed.
 */
export function intervalsAfter(
  before: SnapshotData | null,
  { taken_ms, time_source }: SnapshotData,
  is_gap: boolean,
): readonly number[] {
  if (before === null) return [];
  const interval_ms = Math.round(taken_ms - before.taken_ms);
  if (is_gap || interval_ms <= 0 || time_source !== before.time_source) return before.intervals_ms;
  return [...before.intervals_ms, interval_ms].slice(-INTERVALS_MAX);
}

/** Whether a value from a store can be {@link intervalsAfter}'s. */
export function areIntervals(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= INTERVALS_MAX &&
    value.every((interval_ms) => Number.isInteger(interval_ms) && interval_ms > 0);
}
