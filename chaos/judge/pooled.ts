/**
 * All durations of several windows in one distribution: a p95 covers all requests, and is no
 * statistic of the windows' p95s. Pure.
 */
import type { LoadRecord } from "../journal/mod.ts";
import type { Durations } from "./load_windows.ts";

/** Durations of one side of the load. Percentiles and shares are NaN without requests. */
export class Pooled {
  readonly count: number;
  readonly #bounds: Float64Array;
  readonly #counts: Float64Array;

  /** @param bounds Upper bounds in ms, ascending. @param counts Durations up to each bound. */
  constructor(bounds: Float64Array, counts: Float64Array) {
    this.#bounds = bounds;
    this.#counts = counts;
    this.count = counts.reduce((sum, count) => sum + count, 0);
  }

  /** Nearest-rank percentile in ms, at most one bucket (1 %) too high. */
  percentile(p: number): number {
    const rank = this.count * p / 100;
    let seen = 0;
    for (let i = 0; i < this.#bounds.length; i++) {
      seen += this.#counts[i];
      if (this.#counts[i] > 0 && seen >= rank) return this.#bounds[i];
    }
    return NaN;
  }

  /** Share of the durations beyond `bound_ms`, 0–1. */
  shareOver(bound_ms: number): number {
    let over = 0;
    for (let i = this.#bounds.length - 1; i >= 0 && this.#bounds[i] > bound_ms; i--) {
      over += this.#counts[i];
    }
    return over / this.count;
  }
}

/** The subject, and the control in the same windows; null if it had no requests in them. */
export interface Sides {
  subject: Pooled;
  control: Pooled | null;
}

type Row = readonly (readonly [index: number, count: number])[];

/** Windows with their durations on one common axis, so that any choice of them is pooled fast. */
export class LoadTable {
  readonly length: number;
  readonly #bounds: Float64Array;
  readonly #subject: readonly Row[];
  readonly #control: readonly Row[];

  constructor(windows: readonly LoadRecord[]) {
    this.length = windows.length;
    const subject = windows.map(({ durations }) => durations);
    const control = windows.map(({ control }) => control?.durations ?? []);
    const all = new Set([...subject, ...control].flatMap((one) => one.map(([le_ms]) => le_ms)));
    this.#bounds = Float64Array.from(all).sort();
    const indexes = new Map(Array.from(this.#bounds, (le_ms, i) => [le_ms, i]));
    const rowOf = (durations: Durations): Row =>
      durations.map(([le_ms, count]) => [indexes.get(le_ms)!, count]);
    this.#subject = subject.map(rowOf);
    this.#control = control.map(rowOf);
  }

  /** Pools the windows with these indexes; an index may occur several times. */
  pool(indexes: Iterable<number>): Sides {
    const chosen = [...indexes];
    const sum = (rows: readonly Row[]) => {
      const counts = new Float64Array(this.#bounds.length);
      for (const i of chosen) {
        for (const [index, count] of rows[i]) counts[index] += count;
      }
      return new Pooled(this.#bounds, counts);
    };
    const control = sum(this.#control);
    return { subject: sum(this.#subject), control: control.count === 0 ? null : control };
  }
}

/** All of the windows. */
export function poolAll(windows: readonly LoadRecord[]): Sides {
  return new LoadTable(windows).pool(windows.keys());
}
