/** Where the samples of one metric go. */
import type { Metric, Tags } from "../metrics/mod.ts";
import { matches, type Selector, type Threshold } from "../thresholds/mod.ts";
import { createSink } from "./create_sink.ts";
import type { Sink } from "./sink.ts";

/** Samples of a metric that are held before they are summed up. */
export const HELD_MAX = 256;

/** A metric (selector without tags) or a sub-metric of it. */
export interface Series {
  readonly label: string;
  readonly metric: Metric;
  readonly selector: Selector;
  readonly sink: Sink;
  readonly thresholds: readonly Threshold[];
}

/** For sub-metrics, of one slot after another. */
const matching = new Float64Array(HELD_MAX);

/**
 * Holds samples and sums up many at a time: to take one is to write to two arrays, and the loops that
 * sum up are compiled once instead of into each place that has a sample.
 */
export class Slot {
  readonly sink: Sink;
  /** Each sample is one of those whose selectors its tags match, too. */
  readonly submetrics: Series[] = [];
  readonly #values = new Float64Array(HELD_MAX);
  readonly #tags: Tags[] = [];
  #held = 0;

  constructor({ kind }: Metric) {
    this.sink = createSink(kind);
  }

  add(value: number, tags: Tags): void {
    if (this.#held === HELD_MAX) this.settle();
    this.#values[this.#held] = value;
    if (this.submetrics.length > 0) this.#tags[this.#held] = tags;
    this.#held++;
  }

  /** Sums up what is held; to be called before anything is read. */
  settle(): void {
    if (this.#held === 0) return;
    this.sink.add(this.#values.subarray(0, this.#held));
    for (const { selector, sink } of this.submetrics) {
      let count = 0;
      for (let i = 0; i < this.#held; i++) {
        if (matches(selector, this.#tags[i])) matching[count++] = this.#values[i];
      }
      sink.add(matching.subarray(0, count));
    }
    this.#held = 0;
  }
}
