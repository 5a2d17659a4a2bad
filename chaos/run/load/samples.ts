/** k6's `--out json` as it grows: the few samples a run is judged by, out of many lines. Pure. */

/** A sample of one of {@link SAMPLE_METRICS}. */
export interface LoadSample {
  readonly metric: SampleMetric;
  readonly epoch_ms: number;
  readonly value: number;
}

/** What is read; every other line is passed over unread. */
export const SAMPLE_METRICS = ["http_req_duration", "http_req_failed", "data_age_ms"] as const;

/** One of {@link SAMPLE_METRICS}. */
export type SampleMetric = typeof SAMPLE_METRICS[number];

/** Longest line that is waited for, in characters. */
export const SAMPLE_LINE_CHARS_MAX = 65_536;

const TIME = '"time":"';
const VALUE = '"value":';

/**
 * Takes text in pieces of any size and hands on the samples of whole lines.
 *
 * A line is `{"metric":"http_req_duration","type":"Point","data":{"time":"…","value":1.2,"tags":{…}}}`
 * (https://grafana.com/docs/k6/latest/results-output/real-time/json/). Time and value are cut out of
 * it: reading some thousand lines a second as JSON would cost the lab time it should not take.
 */
export class SampleReader {
  readonly #onSample: (sample: LoadSample) => void;
  #rest = "";

  constructor(onSample: (sample: LoadSample) => void) {
    this.#onSample = onSample;
  }

  feed(text: string): void {
    const whole = this.#rest + text;
    let from = 0;
    for (let to; (to = whole.indexOf("\n", from)) !== -1; from = to + 1) {
      const sample = readSample(whole.slice(from, to));
      if (sample !== null) this.#onSample(sample);
    }
    this.#rest = whole.slice(from);
    if (this.#rest.length > SAMPLE_LINE_CHARS_MAX) {
      throw new Error(
        `Cannot read the load's samples: a line is longer than ${SAMPLE_LINE_CHARS_MAX} characters`,
      );
    }
  }
}

/** Null where the line is of no interest. */
export function readSample(line: string): LoadSample | null {
  const metric = SAMPLE_METRICS.find((name) => line.startsWith(`{"metric":"${name}","type":"P`));
  if (metric === undefined) return null;
  const time_from = line.indexOf(TIME) + TIME.length;
  const value_from = line.indexOf(VALUE) + VALUE.length;
  if (time_from < TIME.length || value_from < VALUE.length) return null;
  const epoch_ms = Date.parse(line.slice(time_from, line.indexOf('"', time_from)));
  const value = Number.parseFloat(line.slice(value_from, value_from + 24));
  return Number.isFinite(epoch_ms) && Number.isFinite(value) ? { metric, epoch_ms, value } : null;
}
