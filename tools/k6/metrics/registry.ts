import { BUILTIN_METRICS, type BuiltinMetricName } from "./builtin_metrics.ts";
import type { Metric, MetricContents, MetricKind } from "./metric.ts";

/** Custom metrics a run may define. */
export const CUSTOM_METRICS_MAX = 1000;

/** A metric name, as OpenTelemetry and Prometheus take it. */
const METRIC_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/**
 * All metrics of one run. Each VU defines the script's metrics anew: the same name and kind give the
 * same metric.
 *
 * ```ts
 * const registry = new MetricRegistry();
 * registry.define("data_age_ms", "trend", true).contains; // "time"
 * registry.builtin("http_reqs").kind; // "counter"
 * ```
 */
export class MetricRegistry {
  readonly #metrics: Metric[] = [];
  readonly #by_name = new Map<string, Metric>();
  #custom = 0;

  constructor() {
    for (const [name, [kind, contains]] of Object.entries(BUILTIN_METRICS)) {
      this.#add(name, kind, contains, true);
    }
  }

  builtin(name: BuiltinMetricName): Metric {
    return this.#by_name.get(name)!;
  }

  find(name: string): Metric | undefined {
    return this.#by_name.get(name);
  }

  /** In the order they were defined, built-in metrics first. */
  all(): readonly Metric[] {
    return this.#metrics;
  }

  /**
   * @param is_time Whether values are milliseconds.
   * @throws {TypeError} Where the name is no metric name, or stands for another kind of metric.
   */
  define(name: string, kind: MetricKind, is_time = false): Metric {
    if (!METRIC_NAME.test(name)) {
      throw new TypeError(
        `Cannot define metric ${JSON.stringify(name)}: a name is 1–128 of A–Z, a–z, 0–9 and _, ` +
          "and does not begin with a digit",
      );
    }
    const contains = is_time ? "time" : "default";
    const known = this.#by_name.get(name);
    if (known === undefined) {
      if (this.#custom === CUSTOM_METRICS_MAX) {
        throw new TypeError(
          `Cannot define metric ${name}: at most ${CUSTOM_METRICS_MAX} custom metrics; ` +
            "use one metric with tags",
        );
      }
      this.#custom++;
      return this.#add(name, kind, contains, false);
    }
    if (known.kind !== kind || known.contains !== contains) {
      throw new TypeError(
        `Cannot define metric ${name} as ${kind} of ${contains} values: ` +
          `it already is a ${known.kind} of ${known.contains} values`,
      );
    }
    return known;
  }

  #add(name: string, kind: MetricKind, contains: MetricContents, is_builtin: boolean): Metric {
    const index = this.#metrics.length;
    const metric: Metric = Object.freeze({ name, kind, contains, is_builtin, index });
    this.#metrics.push(metric);
    this.#by_name.set(name, metric);
    return metric;
  }
}
