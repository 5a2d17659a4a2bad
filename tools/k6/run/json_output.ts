/** `--out json=FILE`: every sample as a line of JSON, in k6's format. */
import { metadataOf, type Metric, type Tags } from "../metrics/metric.ts";

/** Size at which the held lines are written, in characters. */
const BUFFER_CHARS = 65_536;
/** Samples held before they become lines: a few thousand requests. */
const SAMPLES_MAX = 32_768;
/**
 * Longest time a sample is held, in milliseconds. Formatting the fifteen samples of a request takes
 * as long as the rest of the request, so they are formatted between bursts of responses.
 */
const HOLD_MS = 25;

export type SampleOutput = ReturnType<typeof jsonOutput>;

/** Calls back after about `delay_ms`; returns a function that cancels. */
type Later = (delay_ms: number, callback: () => void) => () => void;

const laterByTimer: Later = (delay_ms, callback) => {
  const timer = setTimeout(callback, delay_ms);
  return () => clearTimeout(timer);
};

/**
 * Writes a line for each metric before its first sample:
 * `{"type":"Metric","data":{"name","type","contains","thresholds","submetrics"},"metric"}`, and a
 * line for each sample: `{"metric","type":"Point","data":{"time","value","tags"}}`, with `metadata`
 * if the VU has some. Times are RFC 3339 in UTC, to the microsecond. `write` takes many whole lines
 * at a time.
 */
export function jsonOutput(
  write: (text: string) => void,
  thresholds: Readonly<Record<string, readonly string[]>> = {},
  later: Later = laterByTimer,
) {
  const known = new Set<Metric>();
  // The samples of an iteration share one tags object.
  const tags_json = new WeakMap<Tags, string>();
  let samples: Sample[] = [];
  let cancelLater = () => {};
  let lines = "";

  /** With the metadata, if any. */
  function tagsJson(tags: Tags): string {
    let json = tags_json.get(tags);
    if (json !== undefined) return json;
    const metadata = metadataOf(tags);
    const more = metadata === undefined ? "" : `,"metadata":${JSON.stringify(metadata)}`;
    tags_json.set(tags, json = JSON.stringify(tags) + more);
    return json;
  }

  function format({ metric, value, tags, time_ms }: Sample): void {
    if (!known.has(metric)) {
      known.add(metric);
      lines += describe(metric, thresholds[metric.name] ?? []);
    }
    lines += `{"metric":"${metric.name}","type":"Point","data":{"time":"${
      rfc3339(time_ms)
    }","value":${value},"tags":${tagsJson(tags)}}}\n`;
    if (lines.length >= BUFFER_CHARS) writeLines();
  }

  function writeLines(): void {
    if (lines === "") return;
    const text = lines;
    lines = "";
    write(text);
  }

  /** Writes all samples taken so far. */
  function flush(): void {
    cancelLater();
    const taken = samples;
    samples = [];
    taken.forEach(format);
    writeLines();
  }

  return {
    /** Takes one sample; a listener for `MetricEngine.onSample`. */
    add(metric: Metric, value: number, tags: Tags, time_ms: number): void {
      const length = samples.push({ metric, value, tags, time_ms });
      if (length === 1) cancelLater = later(HOLD_MS, flush);
      else if (length >= SAMPLES_MAX) flush();
    },
    flush,
  };
}

interface Sample {
  readonly metric: Metric;
  readonly value: number;
  readonly tags: Tags;
  readonly time_ms: number;
}

function describe({ name, kind, contains }: Metric, thresholds: readonly string[]): string {
  const data = { name, type: kind, contains, thresholds, submetrics: null };
  return JSON.stringify({ type: "Metric", data, metric: name }) + "\n";
}

/** To the microsecond; `Date` alone has milliseconds. */
function rfc3339(time_ms: number): string {
  const whole_ms = Math.floor(time_ms);
  const micros = Math.floor((time_ms - whole_ms) * 1000);
  return new Date(whole_ms).toISOString().slice(0, -1) + String(micros).padStart(3, "0") + "Z";
}
