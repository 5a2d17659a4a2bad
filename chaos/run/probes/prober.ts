/** Asks the subject on a beat of its own, however slowly it answers, and writes down what comes. */
import type { JournalEntry } from "../../journal/mod.ts";
import {
  readAge,
  readStatsAnswer,
  readValueAnswer,
  type Subject,
  valuePath,
} from "../../subject/mod.ts";
import type { Random } from "../../vocabulary/mod.ts";
import { type ProbeAnswer, ProbeConnections } from "./probe_connections.ts";
import type { Cell } from "./source_watch.ts";

/** Time from one value probe to the next, in milliseconds … */
export const VALUE_EVERY_MS = 80;
/** … give or take up to this much, so that probes do not march in step with polls. */
export const VALUE_JITTER_MS = 20;
/** Time between looks at the list and at readiness, in milliseconds. */
export const STATE_EVERY_MS = 1000;

/** What a prober asks, and whom it tells. */
export interface ProberOptions {
  readonly subject: Subject;
  /** Where it is asked: `127.0.0.1:8080`. */
  readonly host: string;
  readonly cells: readonly Cell[];
  readonly random: Random;
  add(entry: JournalEntry): void;
}

/** Starts probing; {@link Prober.stop} ends it. */
export class Prober {
  readonly #options: ProberOptions;
  readonly #connections: ProbeConnections;
  readonly #waiting = new Set<Promise<void>>();
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  #value_timer: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;
  #asked = 0;

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#connections = new ProbeConnections(options.host);
    this.#beat();
    const { list } = options.subject.probes;
    if (list !== null) this.#every(STATE_EVERY_MS, () => this.#askState("listmetrics", list));
    this.#every(STATE_EVERY_MS, () => this.#askState("readyz", options.subject.ready));
  }

  /** Asks nothing more; resolves when the last answer is in. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#value_timer);
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#waiting);
    this.#connections[Symbol.dispose]();
  }

  #beat(): void {
    const { random } = this.#options;
    const wait_ms = VALUE_EVERY_MS + (random() * 2 - 1) * VALUE_JITTER_MS;
    this.#value_timer = setTimeout(() => {
      if (this.#stopped) return;
      this.#beat();
      this.#askValue();
    }, wait_ms);
  }

  #every(interval_ms: number, ask: () => void): void {
    this.#timers.push(setInterval(ask, interval_ms));
  }

  #askValue(): void {
    const { subject, cells } = this.#options;
    const { switch_id, metric } = cells[this.#asked++ % cells.length];
    this.#ask(valuePath(subject, switch_id, metric), (answer) => {
      const told = answer.status === 200
        ? readValueAnswer(subject, answer)
        : { age_ms: null, value: null, snapshot_id: null };
      this.#tell("getmetric", answer, { switch_id, metric, ...told });
    });
  }

  #askState(probe: string, path: string): void {
    const { subject } = this.#options;
    this.#ask(path, (answer) => {
      const is_data = probe === "listmetrics" && answer.status === 200;
      const age_ms = is_data ? readAge(subject, answer) : null;
      this.#tell(probe, answer, {
        switch_id: null,
        metric: null,
        age_ms,
        value: null,
        snapshot_id: null,
      });
    });
  }

  #ask(path: string, onAnswer: (answer: ProbeAnswer) => void): void {
    const asked = this.#connections.get(path).then((answer) => {
      onAnswer(answer ?? TOO_MANY_WAITING);
    });
    this.#waiting.add(asked);
    asked.finally(() => this.#waiting.delete(asked));
  }

  #tell(
    probe: string,
    answer: ProbeAnswer,
    told: {
      switch_id: string | null;
      metric: string | null;
      age_ms: number | null;
      value: string | null;
      snapshot_id: string | null;
    },
  ): void {
    const { status, latency_ms } = answer;
    this.#options.add({
      kind: "probe",
      probe,
      status,
      latency_ms: Math.round(latency_ms * 1000) / 1000,
      ...told,
      error: answer.error ?? problemOf(answer),
    });
  }
}

const TOO_MANY_WAITING: ProbeAnswer = {
  status: 0,
  headers: [],
  body: new Uint8Array(),
  latency_ms: 0,
  error: "too many probes are waiting already",
};

/** Last part of a problem's type (RFC 9457), or that there is none; null where the answer is good. */
function problemOf({ status, body }: ProbeAnswer): string | null {
  if (status < 400) return null;
  try {
    const { type, detail } = JSON.parse(new TextDecoder().decode(body));
    if (typeof type === "string") return type.split(":").at(-1) ?? type;
    if (typeof detail === "string") return detail.slice(0, 200);
  } catch {
    // Not a problem in JSON: some text perhaps, which is a reason too.
  }
  const text = new TextDecoder().decode(body.subarray(0, 200)).trim();
  return text === "" ? null : text;
}

/** Time between two looks, in milliseconds. */
export const STATS_EVERY_MS = 500;

/** Watches one subject's counters, where it tells any; {@link StatsWatch.stop} ends it. */
export class StatsWatch {
  readonly #connections: ProbeConnections;
  readonly #timer: ReturnType<typeof setInterval> | undefined;
  #looking: Promise<void> | null = null;

  /** @param index The subject's number, the one under load being 0. */
  constructor(
    subject: Subject,
    host: string,
    index: number,
    add: (entry: JournalEntry) => void,
  ) {
    this.#connections = new ProbeConnections(host);
    const path = subject.probes.stats;
    if (path === null) return;
    const look = async () => {
      const answer = await this.#connections.get(path);
      if (answer?.status === 200) {
        add({ kind: "stats", subject: index, ...readStatsAnswer(subject, answer) });
      }
    };
    this.#timer = setInterval(() => {
      this.#looking ??= look().finally(() => this.#looking = null);
    }, STATS_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    this.#connections[Symbol.dispose]();
  }
}
