/** Built-in metrics, custom metrics of scripts, and the tags of samples. */

/**
 * `counter` adds up, `gauge` keeps the last value, `rate` is the share of non-zero samples, `trend`
 * is a distribution.
 */
export type MetricKind = "counter" | "gauge" | "rate" | "trend";

/** `time`: milliseconds; `data`: bytes; `default`: a bare number. */
export type MetricContents = "default" | "time" | "data";

export type Tags = Readonly<Record<string, string>>;

/** One metric of a run, created by a {@link MetricRegistry} and compared by identity. */
export interface Metric {
  readonly name: string;
  readonly kind: MetricKind;
  readonly contains: MetricContents;
  /** Position in the registry, from 0. */
  readonly index: number;
}

/** The metrics of every run, with k6's names, kinds and units. */
export const BUILTIN_METRICS = {
  vus: ["gauge", "default"],
  vus_max: ["gauge", "default"],
  iterations: ["counter", "default"],
  iteration_duration: ["trend", "time"],
  dropped_iterations: ["counter", "default"],
  checks: ["rate", "default"],
  group_duration: ["trend", "time"],
  http_reqs: ["counter", "default"],
  http_req_duration: ["trend", "time"],
  http_req_blocked: ["trend", "time"],
  http_req_connecting: ["trend", "time"],
  http_req_tls_handshaking: ["trend", "time"],
  http_req_sending: ["trend", "time"],
  http_req_waiting: ["trend", "time"],
  http_req_receiving: ["trend", "time"],
  http_req_failed: ["rate", "default"],
  data_sent: ["counter", "data"],
  data_received: ["counter", "data"],
} as const satisfies Record<string, readonly [MetricKind, MetricContents]>;

export type BuiltinMetricName = keyof typeof BUILTIN_METRICS;

/** Custom metrics a run may define. */
const CUSTOM_METRICS_MAX = 1000;
/** Metric names, as OpenTelemetry and Prometheus accept them. */
const METRIC_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/**
 * All metrics of one run. Each VU defines the script's metrics again: the same name and kind return
 * the same metric.
 */
export class MetricRegistry {
  /** In order of definition, built-in metrics first. */
  readonly all: Metric[] = [];
  readonly #by_name = new Map<string, Metric>();
  #custom = 0;

  constructor() {
    for (const [name, [kind, contains]] of Object.entries(BUILTIN_METRICS)) {
      this.#add(name, kind, contains);
    }
  }

  builtin(name: BuiltinMetricName): Metric {
    return this.#by_name.get(name)!;
  }

  find(name: string): Metric | undefined {
    return this.#by_name.get(name);
  }

  /**
   * @param is_time Whether values are milliseconds.
   * @throws {TypeError} The name is invalid or belongs to another kind of metric.
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
      return this.#add(name, kind, contains);
    }
    if (known.kind !== kind || known.contains !== contains) {
      throw new TypeError(
        `Cannot define metric ${name} as ${kind} of ${contains} values: ` +
          `it already is a ${known.kind} of ${known.contains} values`,
      );
    }
    return known;
  }

  #add(name: string, kind: MetricKind, contains: MetricContents): Metric {
    const index = this.all.length;
    const metric: Metric = Object.freeze({ name, kind, contains, index });
    this.all.push(metric);
    this.#by_name.set(name, metric);
    return metric;
  }
}

/** Sets with one more tag that a {@link TagSet} remembers; others are created each time. */
const REMEMBERED_MAX = 10_000;

const metadata_of = new WeakMap<Tags, Readonly<Record<string, string>>>();

/** The same tags for one sample, with metadata, which only outputs read. */
export function withMetadata(tags: Tags, metadata: Readonly<Record<string, string>>): Tags {
  const own = Object.freeze({ ...tags });
  metadata_of.set(own, metadata);
  return own;
}

/** Metadata of a sample, by its tags; undefined without any. */
export function metadataOf(tags: Tags): Readonly<Record<string, string>> | undefined {
  return metadata_of.get(tags);
}

/** Tags that many samples share: one frozen object for each combination. */
export class TagSet {
  static readonly EMPTY = new TagSet({});
  readonly tags: Tags;
  /** By name, then by value: a lookup creates no string. */
  readonly #more = new Map<string, Map<string, TagSet>>();
  #remembered = 0;

  private constructor(tags: Tags) {
    this.tags = Object.freeze(tags);
  }

  /** These tags and one more; a later value replaces an earlier one. */
  with(name: string, value: string): TagSet {
    let by_value = this.#more.get(name);
    const known = by_value?.get(value);
    if (known !== undefined) return known;
    const set = new TagSet({ ...this.tags, [name]: value });
    if (this.#remembered < REMEMBERED_MAX) {
      if (by_value === undefined) this.#more.set(name, by_value = new Map());
      by_value.set(value, set);
      this.#remembered++;
    }
    return set;
  }

  /** These tags and all others; values become strings. */
  withAll(others: Readonly<Record<string, unknown>> | null | undefined): TagSet {
    const names = Object.keys(others ?? {});
    return names.reduce<TagSet>((set, name) => set.with(name, String(others![name])), this);
  }
}
