/**
 * Histograms of durations in memory that threads share: each thread records into its own, and
 * whoever is asked for metrics adds them up.
 */

/** Upper bounds of the buckets in milliseconds. 7 is the bound on GetMetric's p95. */
export const DURATION_BOUNDS_MS = [
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  7,
  10,
  25,
  50,
  100,
  250,
  500,
  1000,
  2500,
  5000,
  10_000,
] as const;

const BOUNDS_S = DURATION_BOUNDS_MS.map((bound_ms) => bound_ms / 1000);
const BOUNDS = DURATION_BOUNDS_MS.length;
const BOUNDS_MS = Float64Array.from(DURATION_BOUNDS_MS);

/** Where a series' cells are: events, timed or not, the sum of the durations, then the buckets. */
const EVENTS = 0;
const SUM_MS = 1;
const BUCKETS = 2;
const SERIES_CELLS = BUCKETS + BOUNDS + 1;

/** One series of all threads together. */
export interface DurationTotals {
  /** Events, timed or not. */
  readonly events: number;
  /** Sum of the durations that were timed, in seconds. */
  readonly sum_s: number;
  /** Bounds of the buckets in seconds. */
  readonly bounds_s: readonly number[];
  /** Durations in each bucket alone, and last those beyond all bounds. */
  readonly counts: readonly number[];
}

/**
 * One thread's durations. Exactly one thread may record; any thread may read.
 *
 * ```ts
 * const durations = Durations.create(2);
 * durations.record(0, 1.25);
 * addDurations([durations], 0).sum_s; // 0.00125
 * ```
 */
export class Durations {
  /** The memory behind: hand it to another thread and {@link attach} there. */
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Float64Array;

  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#cells = new Float64Array(buffer);
  }

  /** Memory for series 0 … `series` − 1. */
  static create(series: number): Durations {
    const bytes = series * SERIES_CELLS * Float64Array.BYTES_PER_ELEMENT;
    return new Durations(new SharedArrayBuffer(bytes));
  }

  /** The memory another thread created. */
  static attach(buffer: SharedArrayBuffer): Durations {
    return new Durations(buffer);
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

  /** A cell of a series. */
  cell(series: number, cell: number): number {
    return this.#cells[series * SERIES_CELLS + cell];
  }
}

/** A series of all threads. */
export function addDurations(threads: readonly Durations[], series: number): DurationTotals {
  const sum = (cell: number) =>
    threads.reduce((total, thread) => total + thread.cell(series, cell), 0);
  return {
    events: sum(EVENTS),
    sum_s: sum(SUM_MS) / 1000,
    bounds_s: BOUNDS_S,
    counts: Array.from({ length: BOUNDS + 1 }, (_, bucket) => sum(BUCKETS + bucket)),
  };
}
