/** Gathers the samples of a thread into few messages. */
import type { Metric, Tags } from "../metrics/metric.ts";
import type { SampleBatch } from "./messages.ts";

/** Samples in one message. */
const SAMPLES_HELD_MAX = 2_048;
const FIELDS = 4;

export class SampleBatcher {
  readonly #samples = new Float64Array(SAMPLES_HELD_MAX * FIELDS);
  #held = 0;
  readonly #metric_ids = new Map<Metric, number>();
  #tag_ids = new WeakMap<Tags, number>();
  #tag_count = 0;
  #new_metrics: [number, string, Metric["kind"], boolean][] = [];
  #new_tags: [number, Tags][] = [];
  #checks = new Map<string, [string, string, number, number]>();

  constructor(private readonly send: (batch: SampleBatch) => void) {}

  add(metric: Metric, value: number, tags: Tags, time_ms: number): void {
    if (this.#held === SAMPLES_HELD_MAX) this.flush();
    const at = this.#held++ * FIELDS;
    this.#samples[at] = this.#metricId(metric);
    this.#samples[at + 1] = this.#tagsId(tags);
    this.#samples[at + 2] = value;
    this.#samples[at + 3] = time_ms;
  }

  countCheck(group_path: string, name: string, passed: boolean): void {
    const key = `${group_path}\n${name}`;
    let count = this.#checks.get(key);
    if (count === undefined) this.#checks.set(key, count = [group_path, name, 0, 0]);
    count[passed ? 2 : 3]++;
  }

  get is_half_full(): boolean {
    return this.#held * 2 >= SAMPLES_HELD_MAX;
  }

  flush(): void {
    const batch = this.take();
    if (batch !== null) this.send(batch);
  }

  /** Empties the batcher; null if it is empty. */
  take(): SampleBatch | null {
    if (this.#held === 0 && this.#checks.size === 0) return null;
    const batch = {
      metrics: this.#new_metrics,
      tags: this.#new_tags,
      samples: this.#samples.slice(0, this.#held * FIELDS),
      checks: [...this.#checks.values()],
    };
    this.#held = 0;
    this.#new_metrics = [];
    this.#new_tags = [];
    this.#checks = new Map();
    return batch;
  }

  #metricId(metric: Metric): number {
    let id = this.#metric_ids.get(metric);
    if (id === undefined) {
      id = this.#metric_ids.size;
      this.#metric_ids.set(metric, id);
      this.#new_metrics.push([id, metric.name, metric.kind, metric.contains === "time"]);
    }
    return id;
  }

  #tagsId(tags: Tags): number {
    let id = this.#tag_ids.get(tags);
    if (id === undefined) {
      id = this.#tag_count++;
      this.#tag_ids.set(tags, id);
      this.#new_tags.push([id, tags]);
    }
    return id;
  }
}

/** Reads a thread's batches on the main thread. */
export class SampleUnpacker {
  readonly #metrics: Metric[] = [];
  readonly #tags: Tags[] = [];

  constructor(
    private readonly find: (name: string, kind: Metric["kind"], is_time: boolean) => Metric,
  ) {}

  unpack(
    { metrics, tags, samples }: SampleBatch,
    add: (metric: Metric, value: number, tags: Tags, time_ms: number) => void,
  ): void {
    for (const [id, name, kind, is_time] of metrics) {
      this.#metrics[id] = this.find(name, kind, is_time);
    }
    for (const [id, one] of tags) this.#tags[id] = Object.freeze(one);
    for (let at = 0; at < samples.length; at += FIELDS) {
      add(
        this.#metrics[samples[at]],
        samples[at + 2],
        this.#tags[samples[at + 1]],
        samples[at + 3],
      );
    }
  }
}
