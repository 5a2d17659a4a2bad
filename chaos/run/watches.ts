/** What is looked at all the time beside the probes: counters, processes, the load's windows. */
import type { Actuator } from "../actuators/actuator.ts";
import type { JournalEntry } from "../journal/mod.ts";
import type { ScenarioPlan } from "../vocabulary/mod.ts";
import type { Lab } from "./lab.ts";
import { STOP_PART_MS_MAX } from "./limits.ts";
import type { LoadWindows } from "./load/load_windows.ts";
import { PROCESS_EVERY_MS, sampleOthers, sampleProcess } from "./probes/process_samples.ts";
import { messageOf, within } from "./waiting.ts";

/** Time between two readings of the hops' counters, in milliseconds. */
export const HOPS_EVERY_MS = 500;
/** How often it is looked whether a window of the load is complete, in milliseconds. */
const WINDOWS_EVERY_MS = 100;
/** A counter that does not come in this time is an engine that is gone, in milliseconds. */
const COUNTERS_MS_MAX = 3_000;

/** What the watches look at, and whom they tell. */
export interface WatchesOptions {
  readonly lab: Lab;
  readonly actuators: readonly Actuator[];
  readonly windows: LoadWindows;
  /** Virtual users of the load, null while there is none. */
  vus(): number | null;
  now(): number;
  add(entry: JournalEntry, t_ms?: number): void;
  onTrouble(what: "engine" | "abort", detail: string): void;
  readonly abort: ScenarioPlan["abort"];
}

/** Starts all of them; {@link Watches.stop} ends them with a last reading of each. */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #timers: ReturnType<typeof setInterval>[];
  #reading: Promise<void> | null = null;
  #failing_since_ms: number | null = null;

  constructor(options: WatchesOptions) {
    this.#options = options;
    this.#timers = [
      setInterval(() => this.#readHops(), HOPS_EVERY_MS),
      setInterval(() => this.#sampleProcesses(), PROCESS_EVERY_MS),
      setInterval(() => this.#closeWindows(), WINDOWS_EVERY_MS),
    ];
    this.#sampleProcesses();
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#reading;
    await this.#countersOnce().catch(() => {}); // an engine that is gone has been told of
    this.#closeWindows(0);
  }

  #readHops(): void {
    this.#reading ??= this.#countersOnce()
      .catch((error) => this.#options.onTrouble("engine", (error as Error).message))
      .finally(() => this.#reading = null);
  }

  async #countersOnce(): Promise<void> {
    const { actuators, add } = this.#options;
    await Promise.all(actuators.map(async (actuator) => {
      const what = `reading the counters of ${actuator.layer} faults`;
      for (const hop of await within(actuator.counters(), COUNTERS_MS_MAX, what)) {
        add({ kind: "hop", ...hop });
      }
    }));
  }

  #sampleProcesses(): void {
    const { lab, add } = this.#options;
    for (const [name, process] of lab.processes) {
      const sample = process.is_running ? sampleProcess(name, process.pid) : null;
      if (sample !== null) add(sample);
    }
    const others = sampleOthers();
    if (others !== null) add(others);
  }

  #closeWindows(lag_ms?: number): void {
    const { windows, vus, now, add } = this.#options;
    for (const { t_ms, record } of windows.close(now(), vus() ?? 0, lag_ms)) {
      add(record, t_ms);
      this.#lookForAbort(t_ms, record.requests, record.failed);
    }
  }

  /** Ends the run early where the load has failed too much for too long. */
  #lookForAbort(t_ms: number, requests: number, failed: number): void {
    const { abort, onTrouble } = this.#options;
    if (abort === null) return;
    if (requests === 0) return; // between two waves
    if (failed / requests <= abort.error_share) {
      this.#failing_since_ms = null;
      return;
    }
    this.#failing_since_ms ??= t_ms;
    if (t_ms - this.#failing_since_ms < abort.for_ms) return;
    onTrouble(
      "abort",
      `more than ${abort.error_share * 100} % of the load failed for ${abort.for_ms} ms`,
    );
  }
}

/** Last started, first stopped. */
export class Parts {
  readonly #parts: { what: string; stop: () => Promise<void> }[] = [];

  /** @param what As a message names it: `the load`. */
  add(what: string, stop: () => Promise<void>): void {
    this.#parts.push({ what, stop });
  }

  /** Stops all; one that does not stop is told of and left to the guard. */
  async stop(onFailure: (detail: string) => void): Promise<void> {
    for (let part; (part = this.#parts.pop()) !== undefined;) {
      try {
        await within(part.stop(), STOP_PART_MS_MAX, `stopping ${part.what}`);
      } catch (error) {
        onFailure(messageOf(error));
      }
    }
  }
}
