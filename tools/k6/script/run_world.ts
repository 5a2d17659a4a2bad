/** The run as the VUs on the main thread see it. */
import type { MetricEngine } from "../metrics/engine.ts";
import type { Metric, Tags } from "../metrics/metric.ts";
import type { RunOptions } from "../options/run_options.ts";
import type { GroupNode } from "./group_tree.ts";
import { VuWorld } from "./vu_world.ts";

export class RunWorld extends VuWorld {
  /** Null until the options are known. */
  engine: MetricEngine | null = null;
  /** Samples are written with their times, so each reads the clock. */
  is_exact = false;
  #recent_ms = 0;

  /** Samples count from here on. */
  start(options: RunOptions, engine: MetricEngine): void {
    this.setOptions(options);
    this.engine = engine;
  }

  override now(): number {
    return this.#recent_ms = this.host.now();
  }

  /** The time of the latest `now()`, which each iteration calls. */
  override recent_ms(): number {
    return this.#recent_ms;
  }

  /** Reading the clock costs more than adding a sample. */
  override epoch_ms(): number {
    return this.host.epoch_origin_ms + (this.is_exact ? this.now() : this.#recent_ms);
  }

  add(metric: Metric, value: number, tags: Tags, time_ms: number): void {
    this.engine!.add(metric, value, tags, time_ms);
  }

  countCheck(group: GroupNode, name: string, passed: boolean): void {
    const count = this.groups.check(group, name);
    if (passed) count.passes++;
    else count.fails++;
  }
}
