/** Samples counters, processes and the load's windows during a run, and stops a run's parts. */
import { pause, within } from "../../tools/verdict/mod.ts";
import type { Actuator } from "../actuators/actuator.ts";
import type { JournalEntry } from "../journal/mod.ts";
import type { ScenarioPlan } from "../vocabulary/mod.ts";
import type { Lab } from "./lab.ts";
import type { LoadWindows } from "./load/load_windows.ts";
import { messageOf } from "./messages.ts";
import { ProcessSampler, sampleOthers } from "./probes/process_samples.ts";

/** Time between two readings of the hops' counters, in milliseconds. */
const HOPS_EVERY_MS = 500;
/** Time between two samples of the processes, in milliseconds: enough for a slope in 10 s. */
const PROCESS_EVERY_MS = 500;
/** Time between two checks for complete windows, in milliseconds. */
const WINDOWS_EVERY_MS = 100;
/** An engine that takes longer to report its counters counts as dead, in milliseconds. */
const COUNTERS_MS_MAX = 3_000;

/** A dead engine fails here before its end is reported with its exit code, in milliseconds. */
const END_REPORT_MS = 500;

interface WatchesOptions {
  readonly lab: Lab;
  readonly actuators: readonly Actuator[];
  readonly windows: LoadWindows;
  /** Virtual users of the load; null before it starts. */
  vus(): number | null;
  now(): number;
  add(entry: JournalEntry, t_ms?: number): void;
  onTrouble(what: "engine" | "abort", detail: string): void;
  readonly abort: ScenarioPlan["abort"];
}

/** Samples until {@link Watches.stop}, which takes a last sample. */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #timers: ReturnType<typeof setInterval>[];
  readonly #sampler = new ProcessSampler();
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
    await this.#readCounters().catch(() => {}); // a dead engine is already reported
    this.#closeWindows(0);
  }

  #readHops(): void {
    this.#reading ??= this.#readCounters()
      .catch(async (error) => {
        await pause(END_REPORT_MS);
        this.#options.onTrouble("engine", messageOf(error));
      })
      .finally(() => this.#reading = null);
  }

  async #readCounters(): Promise<void> {
    const { actuators, add } = this.#options;
    await Promise.all(actuators.map(async (actuator) => {
      const what = `the counters of ${actuator.layer} faults`;
      for (const hop of await within(what, actuator.counters(), COUNTERS_MS_MAX)) {
        add({ kind: "hop", ...hop });
      }
    }));
  }

  #sampleProcesses(): void {
    const { lab, add } = this.#options;
    for (const [name, process] of lab.processes) {
      const sample = process.is_running ? this.#sampler.sample(name, process.pid) : null;
      if (sample !== null) add(sample);
    }
    const others = sampleOthers();
    if (others !== null) add(others);
  }

  #closeWindows(lag_ms?: number): void {
    const { windows, vus, now, add } = this.#options;
    for (const { t_ms, record } of windows.close(now(), vus() ?? 0, lag_ms)) {
      add(record, t_ms);
      this.#checkAbort(t_ms, record.requests, record.failed);
    }
  }

  /** Ends the run early if too much of the load has failed for too long. */
  #checkAbort(t_ms: number, requests: number, failed: number): void {
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

/** Deadline for a part to stop, in milliseconds. */
const STOP_PART_MS_MAX = 6_000;

/** Parts of a run that must be stopped: the last started is stopped first. */
export class Parts {
  readonly #parts: { name: string; stop: () => Promise<void> }[] = [];

  add(name: string, stop: () => Promise<void>): void {
    this.#parts.push({ name, stop });
  }

  /** Stops all parts; the guard ends a part that fails to stop. */
  async stop(onFailure: (detail: string) => void): Promise<void> {
    for (let part; (part = this.#parts.pop()) !== undefined;) {
      try {
        await within(`${part.name} to stop`, part.stop(), STOP_PART_MS_MAX);
      } catch (error) {
        onFailure(messageOf(error));
      }
    }
  }
}
