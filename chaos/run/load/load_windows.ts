/**
 * Folds the samples of the load into windows of time, which the journal records.
 *
 *     k6's --out json ── SampleReader ── samples ── LoadWindows ── load records
 */
import { BUCKET_RATIO, type JournalEntry, type LoadSide } from "../../journal/mod.ts";
import { AnswerCounts, type LoadAnswer } from "./load_answers.ts";

/**
 * Length of a window, in milliseconds: short enough to show a stall of the machine, and one wave if
 * the load comes in waves.
 */
export const WINDOW_MS = 100;

/** Longest delay of a sample, in milliseconds: k6 writes samples in batches. */
const WINDOW_LAG_MS = 1500;

/** Upper bound of the first bucket, in milliseconds. */
const BUCKET_MS_MIN = 0.02;
/** Upper bound of the last bucket, in milliseconds. */
const BUCKET_MS_MAX = 120_000;

const LOG_RATIO = Math.log(BUCKET_RATIO);
const BUCKET_LAST = bucketOf(BUCKET_MS_MAX);

interface Side {
  requests: number;
  failed: number;
  dropped: number;
  readonly buckets: Map<number, number>;
}

/** Reads an answer that the load passes on; null if it is not one. */
type ReadAnswer = (text: string) => LoadAnswer | null;

interface Window {
  readonly subject: Side;
  readonly control: Side;
  readonly answers: AnswerCounts;
  age_max_ms: number | null;
}

interface ClosedWindow {
  /** End of the window, in monotonic milliseconds since the run's start. */
  readonly t_ms: number;
  readonly record: Extract<JournalEntry, { kind: "load" }>;
}

/** Windows of one or more loads. Samples may be added in any order. */
export class LoadWindows {
  readonly #epoch_of_start_ms: number;
  readonly #open = new Map<number, Window>();
  #closed_until = 0;
  /** Samples after their window was closed; the next window reports their number. */
  #late = 0;
  #ended_ms = Infinity;
  #has_control = false;

  /** How the load's answers are read. */
  readAnswer: ReadAnswer = () => null;

  /** @param epoch_of_start_ms Epoch ms at `t_ms` 0 of the run. */
  constructor(epoch_of_start_ms: number) {
    this.#epoch_of_start_ms = epoch_of_start_ms;
  }

  get has_samples(): boolean {
    return this.#closed_until > 0 || this.#open.size > 0;
  }

  add({ metric, epoch_ms, value, of_control, answer }: LoadSample): void {
    const index = Math.floor((epoch_ms - this.#epoch_of_start_ms) / WINDOW_MS);
    if (index < this.#closed_until) {
      this.#late++;
      return;
    }
    const window = this.#windowAt(index);
    const side = of_control ? window.control : window.subject;
    this.#has_control ||= of_control;
    switch (metric) {
      case "http_req_duration": {
        const bucket = Math.min(bucketOf(value), BUCKET_LAST);
        side.buckets.set(bucket, (side.buckets.get(bucket) ?? 0) + 1);
        side.requests++;
        break;
      }
      case "http_req_failed":
        if (value > 0) side.failed++;
        break;
      case "dropped_iterations":
        side.dropped += value;
        break;
      case "data_age_ms":
        window.age_max_ms = Math.max(window.age_max_ms ?? 0, value);
        break;
      case "data_too_old": {
        const read = answer === undefined ? null : this.readAnswer(answer);
        if (read !== null) window.answers.add(read, epoch_ms);
      }
    }
  }

  /** Drops the windows that end later: the ending load leaves them incomplete. */
  end(now_ms: number): void {
    this.#ended_ms = Math.min(this.#ended_ms, now_ms);
  }

  /**
   * Windows that ended {@link WINDOW_LAG_MS} ago or earlier, in order. After the first request,
   * windows without requests are included.
   */
  close(now_ms: number, vus: number, lag_ms: number = WINDOW_LAG_MS): ClosedWindow[] {
    const until = Math.floor(Math.min(now_ms - lag_ms, this.#ended_ms) / WINDOW_MS);
    if (this.#closed_until === 0) this.#closed_until = Math.max(0, Math.min(...this.#open.keys()));
    const closed: ClosedWindow[] = [];
    while (Number.isFinite(this.#closed_until) && this.#closed_until < until) {
      const index = this.#closed_until++;
      const window = this.#open.get(index) ?? this.#emptyWindow();
      this.#open.delete(index);
      closed.push({ t_ms: (index + 1) * WINDOW_MS, record: this.#record(window, vus) });
    }
    if (!Number.isFinite(this.#closed_until)) this.#closed_until = 0;
    return closed;
  }

  #record({ subject, control, answers, age_max_ms }: Window, vus: number): ClosedWindow["record"] {
    const late = this.#late;
    this.#late = 0;
    return {
      kind: "load",
      window_ms: WINDOW_MS,
      ...sideOf(subject),
      control: this.#has_control ? sideOf(control) : null,
      age_max_ms,
      vus,
      ...answers.record(),
      ...(late === 0 ? {} : { late }),
    };
  }

  #windowAt(index: number): Window {
    let window = this.#open.get(index);
    if (window === undefined) this.#open.set(index, window = this.#emptyWindow());
    return window;
  }

  #emptyWindow(): Window {
    const side = (): Side => ({ requests: 0, failed: 0, dropped: 0, buckets: new Map() });
    const answers = new AnswerCounts(this.#epoch_of_start_ms);
    return { subject: side(), control: side(), answers, age_max_ms: null };
  }
}

function sideOf({ requests, failed, dropped, buckets }: Side): LoadSide {
  const durations = [...buckets]
    .toSorted(([a], [b]) => a - b)
    .map(([bucket, count]) => [upperBoundOf(bucket), count] as const);
  return { requests, failed, durations, ...(dropped === 0 ? {} : { dropped }) };
}

function bucketOf(duration_ms: number): number {
  return duration_ms <= BUCKET_MS_MIN
    ? 0
    : Math.ceil(Math.log(duration_ms / BUCKET_MS_MIN) / LOG_RATIO);
}

function upperBoundOf(bucket: number): number {
  return Number((BUCKET_MS_MIN * BUCKET_RATIO ** bucket).toPrecision(6));
}

export interface LoadSample {
  readonly metric: SampleMetric;
  readonly epoch_ms: number;
  readonly value: number;
  /** Whether it is of the control, by its tag `scenario`; else of the subject. */
  readonly of_control: boolean;
  /** The answer in the sample's metadata. */
  readonly answer?: string;
}

/** Metrics that are read; other lines are skipped. */
const SAMPLE_METRICS = [
  "http_req_duration",
  "http_req_failed",
  "data_age_ms",
  "data_too_old",
  "dropped_iterations",
] as const;

type SampleMetric = typeof SAMPLE_METRICS[number];

const SAMPLE_LINE_CHARS_MAX = 65_536;

const TIME = '"time":"';
const VALUE = '"value":';
const METADATA = '"metadata":{"answer":';
const OF_CONTROL = '"scenario":"control"';

/**
 * Reads samples from text in pieces of any size.
 *
 * A line is `{"metric":"http_req_duration","type":"Point","data":{"time":"…","value":1.2,…}}`
 * (https://grafana.com/docs/k6/latest/results-output/real-time/json/). The reader extracts time and
 * value by position, because JSON.parse of thousands of lines a second costs too much CPU.
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

/** The line's sample; null for other lines. */
export function readSample(line: string): LoadSample | null {
  const metric = SAMPLE_METRICS.find((name) => line.startsWith(`{"metric":"${name}","type":"P`));
  if (metric === undefined) return null;
  const time_from = line.indexOf(TIME) + TIME.length;
  const value_from = line.indexOf(VALUE) + VALUE.length;
  if (time_from < TIME.length || value_from < VALUE.length) return null;
  const epoch_ms = Date.parse(line.slice(time_from, line.indexOf('"', time_from)));
  const value = Number.parseFloat(line.slice(value_from, value_from + 24));
  if (!Number.isFinite(epoch_ms) || !Number.isFinite(value)) return null;
  const sample = { metric, epoch_ms, value, of_control: line.includes(OF_CONTROL, value_from) };
  const answer_from = metric === "data_too_old" ? line.indexOf(METADATA, value_from) : -1;
  return answer_from === -1 ? sample : { ...sample, answer: JSON.parse(line).data.metadata.answer };
}
