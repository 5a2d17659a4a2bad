/** Histograms of durations: each thread records its own, `/metrics` adds them up. */
import { type SharedCells, sharedCells } from "./shared_cells.ts";

/** Upper bounds of the buckets in milliseconds. 7 is the bound on GetMetric's p95. */
// deno-fmt-ignore
export const DURATION_BOUNDS_MS = [
  0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7,
  10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000,
] as const;

const BOUNDS_S = DURATION_BOUNDS_MS.map((bound_ms) => bound_ms / 1000);
const BOUNDS = DURATION_BOUNDS_MS.length;
const BOUNDS_MS = Float64Array.from(DURATION_BOUNDS_MS);

/** Cells of a series: events, timed or not, the sum of the durations, then the buckets. */
const EVENTS = 0;
const SUM_MS = 1;
const BUCKETS = 2;
const SERIES_CELLS = BUCKETS + BOUNDS + 1;

/** One series, summed over all threads. */
interface DurationTotals {
  readonly events: number;
  readonly sum_s: number;
  readonly bounds_s: readonly number[];
  /** Durations per bucket, not cumulated; the last bucket holds those beyond all bounds. */
  readonly counts: readonly number[];
}

/** One thread's durations, series 0 … `series` − 1. Exactly one thread may record; any may read. */
export class Durations {
  readonly #cells: SharedCells;

  /** @param cells Cells of the thread that created the memory; new ones by default. */
  constructor(series: number, readonly cells = sharedCells(series * SERIES_CELLS)) {
    this.#cells = cells;
  }

  /** Counts one event and its duration. Allocates nothing. */
  record(series: number, duration_ms: number): void {
    const base = series * SERIES_CELLS;
    let bucket = 0;
    while (bucket < BOUNDS && duration_ms > BOUNDS_MS[bucket]) bucket++;
    this.#cells[base + EVENTS]++;
    this.#cells[base + SUM_MS] += duration_ms;
    this.#cells[base + BUCKETS + bucket]++;
  }

  /** Counts one event that was not timed. */
  recordUntimed(series: number): void {
    this.#cells[series * SERIES_CELLS + EVENTS]++;
  }
}

/** Sums a series over all threads. */
export function addDurations(threads: readonly Durations[], series: number): DurationTotals {
  const sum = (cell: number) =>
    threads.reduce((total, { cells }) => total + cells[series * SERIES_CELLS + cell], 0);
  return {
    events: sum(EVENTS),
    sum_s: sum(SUM_MS) / 1000,
    bounds_s: BOUNDS_S,
    counts: Array.from({ length: BOUNDS + 1 }, (_, bucket) => sum(BUCKETS + bucket)),
  };
}
