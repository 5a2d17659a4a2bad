/** Probes the subject at a constant rate, however slowly it answers, and records the answers. */
import { monotonicNow } from "../../../tools/http/mod.ts";
import type { JournalEntry, ProbeRecord } from "../../journal/mod.ts";
import {
  readListAnswer,
  readStatsAnswer,
  readValueAnswer,
  type Subject,
  valuePath,
} from "../../subject/mod.ts";
import type { Random } from "../../vocabulary/mod.ts";
import {
  type ProbeAnswer,
  ProbeConnections,
  repeat,
  type Repetition,
} from "./probe_connections.ts";
import type { Cell } from "./source_watch.ts";

/** Shortest mean time between two value probes of a subject, in milliseconds. */
const VALUE_EVERY_MS = 80;
/** Most value probes of all subjects together, per second. */
const VALUES_PER_S_MAX = 50;
/** Jitter of that time, in milliseconds, so that probes are not in step with polls. */
const VALUE_JITTER_MS = 20;
/** Time between two probes of the list, in milliseconds. */
const LIST_EVERY_MS = 250;
/** Probes that are left out after a list that is too long to read. */
const LEFT_OUT_AFTER_LONG = 3;
/** Time between two probes of readiness, in milliseconds. */
const READY_EVERY_MS = 1000;
/** Longest text of a problem, in characters. */
const PROBLEM_CHARS_MAX = 200;

interface ProberOptions {
  readonly subject: Subject;
  /** Number of the subject. */
  readonly index: number;
  /** How many subjects are probed. */
  readonly subjects: number;
  /** `127.0.0.1:8080` */
  readonly host: string;
  readonly cells: readonly Cell[];
  /** Cells whose values are read from lists. */
  readonly list_cells: readonly Cell[];
  readonly random: Random;
  /** Monotonic milliseconds since the run's start. */
  now(): number;
  add(entry: JournalEntry, t_ms: number): void;
}

export class Prober {
  readonly #options: ProberOptions;
  readonly #connections: ProbeConnections;
  readonly #waiting = new Set<Promise<void>>();
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #value_timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  #values = 0;
  #left_out = 0;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#connections = new ProbeConnections(options.host);
    this.#scheduleValue();
    const { list } = options.subject.probes;
    if (list !== null) this.#every(LIST_EVERY_MS, () => this.#probeList(list));
    this.#every(READY_EVERY_MS, () => {
      this.#get(options.subject.ready, (answer) => this.#record("readyz", answer, {}));
    });
  }

  /** Sends no further probes; resolves after the last answer. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#value_timer);
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#waiting);
    this.#connections[Symbol.dispose]();
  }

  #scheduleValue(): void {
    const { random, subjects } = this.#options;
    const every_ms = Math.max(VALUE_EVERY_MS, 1000 * subjects / VALUES_PER_S_MAX);
    const wait_ms = every_ms + (random() * 2 - 1) * VALUE_JITTER_MS;
    this.#value_timer = setTimeout(() => {
      if (this.#stopped) return;
      this.#scheduleValue();
      this.#probeValue();
    }, wait_ms);
  }

  #every(interval_ms: number, probe: () => void): void {
    this.#timers.push(setInterval(probe, interval_ms));
  }

  #probeValue(): void {
    const { subject, cells } = this.#options;
    const { switch_id, metric } = cells[this.#values++ % cells.length];
    this.#get(valuePath(subject, switch_id, metric), (answer) => {
      const request = { switch_id, metric, at_ms: Date.now() };
      const reading = answer.status === 200 ? readValueAnswer(subject, answer, request) : {};
      this.#record("getmetric", answer, { switch_id, metric, ...reading });
    });
  }

  #probeList(path: string): void {
    const { subject, list_cells: cells } = this.#options;
    if (this.#left_out > 0) return void this.#left_out--;
    this.#get(path, (answer) => {
      const is_list = answer.status === 200;
      const reading = is_list
        ? readListAnswer(subject, answer, { cells, at_ms: Date.now() })
        : undefined;
      if (is_list && reading?.list === undefined) this.#left_out = LEFT_OUT_AFTER_LONG;
      this.#record("listmetrics", answer, reading ?? {});
    });
  }

  #get(path: string, onAnswer: (answer: ProbeAnswer) => void): void {
    const waiting = this.#connections.get(path).then((answer) => {
      onAnswer(answer ?? tooManyWaiting());
    });
    this.#waiting.add(waiting);
    waiting.finally(() => this.#waiting.delete(waiting));
  }

  /** At the time of the answer: it was read since, which takes long on a busy machine. */
  #record(probe: string, answer: ProbeAnswer, reading: Partial<Reading>): void {
    const answered_ms = this.#options.now() - (monotonicNow() - answer.ended_ms);
    this.#options.add({
      kind: "probe",
      probe,
      ...(this.#options.index === 0 ? {} : { subject: this.#options.index }),
      status: answer.status,
      latency_ms: Math.round(answer.latency_ms * 1000) / 1000,
      ...NO_READING,
      ...reading,
      error: answer.error ?? problemOf(answer),
    }, answered_ms);
  }
}

type Reading = Pick<
  ProbeRecord,
  "switch_id" | "metric" | "age_ms" | "body_age_ms" | "value" | "snapshot_id" | "list"
>;

const NO_READING: Reading = {
  switch_id: null,
  metric: null,
  age_ms: null,
  value: null,
  snapshot_id: null,
};

const tooManyWaiting = (): ProbeAnswer => ({
  status: 0,
  headers: [],
  body: new Uint8Array(),
  latency_ms: 0,
  ended_ms: monotonicNow(),
  error: "too many probes are waiting",
});

/**
 * Last part of the problem type and the detail (RFC 9457), or the body's text: `unknown-switch: No
 * switch sw-007`. null for a good answer, and without a reason.
 */
function problemOf({ status, body }: ProbeAnswer): string | null {
  if (status < 400) return null;
  const text = new TextDecoder().decode(body);
  const words = problemWords(text) ?? text.trim();
  return words === "" ? null : words.slice(0, PROBLEM_CHARS_MAX);
}

/** null if the text is not a JSON problem. */
function problemWords(text: string): string | null {
  try {
    const { type, detail } = JSON.parse(text);
    const slug = typeof type === "string" ? type.split(":").at(-1) : null;
    const words = [slug, detail].filter((one) => typeof one === "string" && one !== "");
    return words.length === 0 ? null : words.join(": ");
  } catch {
    return null;
  }
}

/** Time between two requests for counters, in milliseconds. */
const STATS_EVERY_MS = 500;

/**
 * Records a subject's own counters, past every proxy.
 *
 * @param index Number of the subject; 0 is under load.
 */
export function watchStats(
  subject: Subject,
  host: string,
  index: number,
  add: (entry: JournalEntry) => void,
): Repetition {
  const connections = new ProbeConnections(host);
  const path = subject.probes.stats;
  return repeat(STATS_EVERY_MS, connections, async () => {
    const answer = path === null ? null : await connections.get(path);
    if (answer?.status !== 200) return;
    add({ kind: "stats", subject: index, ...readStatsAnswer(subject, answer) });
  });
}
