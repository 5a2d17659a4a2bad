/** A world in virtual time: hours of load run in milliseconds, deterministically. */
import { peakVus, type Scenario } from "../../options/scenario.ts";
import { deriveScenarios } from "../../options/scenario_reader.ts";
import { type ScenariosRun, startScenarios } from "../start_scenarios.ts";
import { TimerQueue } from "../timers.ts";
import type { VuHandle, World } from "../world.ts";

/** Promise turns after which the effects of one event have settled. */
const SETTLE_TURNS = 40;
/** Events after which a run counts as endless. */
const EVENTS_MAX = 2_000_000;

interface IterationRecord {
  scenario: string;
  vu: number;
  iteration: number;
  start_ms: number;
  /** NaN while it runs. */
  end_ms: number;
  is_complete: boolean;
}

interface VirtualWorldOptions {
  /** Duration of an iteration; Infinity: until interrupted. Default: 100 ms. */
  iteration_ms?: (vu: number, iteration: number, scenario: Scenario) => number;
  /** Whether iterations end when interrupted. Default: true. */
  can_interrupt?: boolean;
  /** Number of VUs. Default: as many as the scenarios need. */
  vus?: number;
  /** Timers fire at multiples of this only. Default: when they are due. */
  timer_grain_ms?: number;
}

export class VirtualWorld implements World {
  readonly records: IterationRecord[] = [];
  readonly drops: { scenario: string; at_ms: number; iterations: number }[] = [];
  /** VUs not given back. */
  vus_taken = 0;
  now_ms = 0;
  readonly #timers = new TimerQueue();
  readonly #options: Required<VirtualWorldOptions>;
  readonly #free: VirtualVu[];

  constructor(scenarios: readonly Scenario[], options: VirtualWorldOptions = {}) {
    this.#options = {
      iteration_ms: () => 100,
      can_interrupt: true,
      vus: peakVus(scenarios),
      timer_grain_ms: 0,
      ...options,
    };
    this.#free = Array.from({ length: this.#options.vus }, (_, i) => new VirtualVu(i + 1));
  }

  now = () => this.now_ms;
  recent = () => this.now_ms;
  breathe = () => null;

  enter<T>(_vu: VuHandle, call: () => T): T {
    return call();
  }

  at(time_ms: number, callback: () => void): () => void {
    const { timer_grain_ms: grain_ms } = this.#options;
    const due_ms = grain_ms === 0 ? time_ms : Math.ceil(time_ms / grain_ms) * grain_ms;
    return this.#timers.at(due_ms, callback);
  }

  takeVu(): VuHandle | null {
    const vu = this.#free.shift() ?? null;
    if (vu !== null) this.vus_taken++;
    return vu;
  }

  giveBackVu(vu: VuHandle): void {
    this.vus_taken--;
    this.#free.push(vu as VirtualVu);
  }

  drop(scenario: Scenario, iterations: number): void {
    this.drops.push({ scenario: scenario.name, at_ms: this.now_ms, iterations });
  }

  runIteration(handle: VuHandle, scenario: Scenario, iteration: number): Promise<boolean> {
    const vu = handle as VirtualVu;
    if (vu.cutOff !== null) throw new Error(`VU ${vu.id} already runs an iteration`);
    const record: IterationRecord = {
      scenario: scenario.name,
      vu: vu.id,
      iteration,
      start_ms: this.now_ms,
      end_ms: NaN,
      is_complete: false,
    };
    this.records.push(record);
    const lasts_ms = this.#options.iteration_ms(vu.id, iteration, scenario);
    return new Promise((resolve) => {
      const end = (is_complete: boolean) => {
        cancel();
        vu.cutOff = null;
        record.end_ms = this.now_ms;
        record.is_complete = is_complete;
        resolve(is_complete);
      };
      const cancel = this.#timers.at(this.now_ms + lasts_ms, () => end(true));
      vu.cutOff = this.#options.can_interrupt ? () => end(false) : () => {};
    });
  }

  /** Advances time to `until_ms`, or until no timer is left. */
  async advance(until_ms = Infinity): Promise<void> {
    for (let events = 0; events < EVENTS_MAX; events++) {
      for (let turn = 0; turn < SETTLE_TURNS; turn++) await null;
      const { next_ms } = this.#timers;
      if (next_ms > until_ms || next_ms === Infinity) {
        if (until_ms !== Infinity) this.now_ms = until_ms;
        return;
      }
      this.now_ms = Math.max(this.now_ms, next_ms);
      this.#timers.runDue(this.now_ms);
    }
    throw new Error(`The run has not ended after ${EVENTS_MAX} events, at ${this.now_ms} ms`);
  }

  /** Number of iterations running at a time. */
  runningAt(time_ms: number): number {
    return this.records.filter(({ start_ms, end_ms }) =>
      start_ms <= time_ms && !(end_ms <= time_ms)
    ).length;
  }
}

class VirtualVu implements VuHandle {
  cutOff: (() => void) | null = null;

  constructor(readonly id: number) {}

  interrupt(): void {
    this.cutOff?.();
  }
}

/** Runs scenarios to their end in a world of their own. */
export async function runVirtually(
  scenarios: readonly Scenario[],
  options: VirtualWorldOptions = {},
): Promise<{ world: VirtualWorld; run: ScenariosRun }> {
  const world = new VirtualWorld(scenarios, options);
  const run = startScenarios(scenarios, world);
  let is_finished = false;
  const finished = run.finished.finally(() => is_finished = true);
  finished.catch(() => {});
  await world.advance();
  if (!is_finished) throw new Error(`No timer is left, but the run has not ended`);
  await finished;
  return { world, run };
}

/** Reads scenarios as a script writes them, named s0, s1, …. */
export function writtenScenarios(...written: Record<string, unknown>[]): Scenario[] {
  return deriveScenarios({
    scenarios: Object.fromEntries(written.map((scenario, i) => [`s${i}`, scenario])),
  });
}
