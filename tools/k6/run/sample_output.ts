/** The files of `--out json=FILE` while a run writes them. */
import { ConfigProblem } from "../exit_codes.ts";
import type { Metric, Tags } from "../metrics/metric.ts";
import type { OpenFile, Outside } from "./system.ts";

/** Samples come from timers too, where nobody would catch what a write throws. */
export class SampleFiles {
  readonly #files: OpenFile[] = [];
  #outputs: SampleOutput[] = [];
  #has_failed = false;

  /**
   * @param onFailed Told once a file, in a sentence; nothing more is written to that file.
   * @throws {ConfigProblem} where one cannot be opened.
   */
  constructor(
    paths: readonly string[],
    thresholds: Readonly<Record<string, readonly string[]>>,
    openForWriting: Outside["openForWriting"],
    onFailed: (message: string) => void,
  ) {
    for (const path of paths) {
      const file = this.#open(path, openForWriting);
      this.#files.push(file);
      const output = jsonOutput((text) => {
        if (!this.#outputs.includes(output)) return;
        try {
          file.write(text);
        } catch (error) {
          this.#outputs = this.#outputs.filter((one) => one !== output);
          this.#has_failed = true;
          onFailed(
            `--out json=${path}: cannot be written, it lacks samples from here on: ` +
              `${(error as Error).message}; the run goes on: make room, or name another file`,
          );
        }
      }, thresholds);
      this.#outputs.push(output);
    }
  }

  #open(path: string, openForWriting: Outside["openForWriting"]): OpenFile {
    try {
      return openForWriting(path);
    } catch (error) {
      this.close();
      throw new ConfigProblem([
        `--out json=${path}: must be a file that can be written: ${(error as Error).message}; ` +
        "make its folder, or name another file",
      ]);
    }
  }

  get is_empty(): boolean {
    return this.#files.length === 0;
  }

  /** Whether a file lacks samples. */
  get has_failed(): boolean {
    return this.#has_failed;
  }

  readonly add = (metric: Metric, value: number, tags: Tags, time_ms: number): void => {
    for (const output of this.#outputs) output.add(metric, value, tags, time_ms);
  };

  flush(): void {
    for (const output of this.#outputs) output.flush();
  }

  close(): void {
    this.flush();
    for (const file of this.#files.splice(0)) file.close();
    this.#outputs = [];
  }
}

/** `--out json=FILE`: every sample as a line of JSON, in k6's shape. */

/** Characters of lines that are written at once, about. */
export const OUTPUT_BUFFER_CHARS = 65_536;
/** Samples that wait to be made lines of, at most: those of some thousand requests. */
export const OUTPUT_SAMPLES_MAX = 32_768;
/**
 * How long they wait until they are in the file, in milliseconds. Making lines of a request's fifteen
 * samples takes as long as all else of it, and while a hundred answers come at once each would wait
 * for that of those before.
 */
export const OUTPUT_LATER_MS = 25;

/** What samples are written to. */
export interface SampleOutput {
  /** Takes one sample; given to `MetricEngine.onSample`. */
  add(metric: Metric, value: number, tags: Tags, time_ms: number): void;
  /** Writes what has come so far. */
  flush(): void;
}

/** Calls back after about that time; returns what cancels it. */
export type Later = (delay_ms: number, callback: () => void) => () => void;

const laterByTimer: Later = (delay_ms, callback) => {
  const timer = setTimeout(callback, delay_ms);
  return () => clearTimeout(timer);
};

/**
 * A metric's first sample brings a line that describes it:
 * `{"type":"Metric","data":{"name","type","contains","thresholds","submetrics"},"metric"}`, each
 * sample one: `{"metric","type":"Point","data":{"time","value","tags"}}`. The time is RFC 3339 in
 * UTC, to the microsecond.
 *
 * @param write Takes whole lines, many at a time.
 * @param thresholds Expressions by metric, for the lines that describe them.
 * @param later Default `setTimeout`.
 *
 * ```ts
 * const output = jsonOutput((text) => file.writeSync(encoder.encode(text)));
 * engine.onSample = output.add;
 * ```
 */
export function jsonOutput(
  write: (text: string) => void,
  thresholds: Readonly<Record<string, readonly string[]>> = {},
  later: Later = laterByTimer,
): SampleOutput {
  const known = new Set<Metric>();
  // Samples of one iteration share their tags object.
  const tags_json = new WeakMap<Tags, string>();
  let samples: Sample[] = [];
  let cancelLater = () => {};
  let held = "";

  function tagsJson(tags: Tags): string {
    let json = tags_json.get(tags);
    if (json === undefined) tags_json.set(tags, json = JSON.stringify(tags));
    return json;
  }

  function hold({ metric, value, tags, time_ms }: Sample): void {
    if (!known.has(metric)) {
      known.add(metric);
      held += describe(metric, thresholds[metric.name] ?? []);
    }
    held += `{"metric":"${metric.name}","type":"Point","data":{"time":"${
      rfc3339(time_ms)
    }","value":${value},"tags":${tagsJson(tags)}}}\n`;
    if (held.length >= OUTPUT_BUFFER_CHARS) writeHeld();
  }

  function writeHeld(): void {
    if (held === "") return;
    const text = held;
    held = "";
    write(text);
  }

  function flush(): void {
    cancelLater();
    const taken = samples;
    samples = [];
    taken.forEach(hold);
    writeHeld();
  }

  return {
    add(metric, value, tags, time_ms) {
      const length = samples.push({ metric, value, tags, time_ms });
      if (length === 1) cancelLater = later(OUTPUT_LATER_MS, flush);
      else if (length >= OUTPUT_SAMPLES_MAX) flush();
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

/** `Date` knows milliseconds only. */
function rfc3339(time_ms: number): string {
  const whole_ms = Math.floor(time_ms);
  const micros = Math.floor((time_ms - whole_ms) * 1000);
  return new Date(whole_ms).toISOString().slice(0, -1) + String(micros).padStart(3, "0") + "Z";
}
