/** Module `k6/metrics`. */
import type { Metric as RunMetric, MetricKind } from "../metrics/metric.ts";
import { currentVu } from "../script/vu.ts";

abstract class Metric {
  readonly name: string;
  readonly #metric: RunMetric;

  constructor(kind: MetricKind, name: string, is_time: boolean) {
    const vu = currentVu();
    if (vu.phase !== "init") {
      throw new TypeError(`metric "${name}": metrics must be declared in the init context`);
    }
    this.name = name;
    this.#metric = vu.world.registry.define(name, kind, is_time);
  }

  /** Adds a sample. False if the value is not a number, which is logged. */
  add(value: number | boolean, tags?: Record<string, unknown> | null): boolean {
    const vu = currentVu();
    const { world } = vu;
    if (vu.phase === "init") {
      throw new TypeError(`metric "${this.name}": cannot add in the init context`);
    }
    const number = value === true ? 1 : value === false ? 0 : Number(value);
    if (!Number.isFinite(number)) {
      const what = `metric "${this.name}": ${String(value)} is not a finite number`;
      if (world.options?.throws) throw new TypeError(what);
      world.log("warning", `${what} and is not counted`);
      return false;
    }
    const own = tags === undefined || tags === null ? vu.tags : vu.tags.withAll(tags);
    world.add(this.#metric, number, vu.withMetadata(own.tags), world.epoch_ms());
    return true;
  }
}

const metricOf = (kind: MetricKind) =>
  class extends Metric {
    constructor(name: string, is_time = false) {
      super(kind, name, is_time);
    }
  };

export const Counter = metricOf("counter"), Gauge = metricOf("gauge");
export const Rate = metricOf("rate"), Trend = metricOf("trend");

export default { Counter, Gauge, Rate, Trend };
