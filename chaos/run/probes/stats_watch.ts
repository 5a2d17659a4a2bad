/** Reads a subject's own counters now and then, past every proxy. */
import type { JournalEntry } from "../../journal/mod.ts";
import { readStatsAnswer, type Subject } from "../../subject/mod.ts";
import { ProbeConnections } from "./probe_connections.ts";

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
