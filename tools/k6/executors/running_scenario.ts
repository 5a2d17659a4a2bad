/**
 * A scenario while it runs: what all executors share.
 *
 *     start_ms               end_ms               + graceful stop      + 5 s
 *        ├─ iterations start ──┼─ iterations finish ──┼─ interrupts settle ─┤
 */
import { durationOf, type Scenario, vusMax } from "../options/scenario.ts";
import type { ScenarioProgress, VuHandle, World } from "./world.ts";

/** Time an interrupted iteration has to settle before it is abandoned, in milliseconds. */
const INTERRUPT_SETTLE_MS = 5000;

export class RunningScenario<S extends Scenario = Scenario> {
  /** No iteration starts at or after this time. */
  readonly end_ms: number;
  is_aborted = false;
  readonly #abandoned = Promise.withResolvers<void>();
  readonly #running = new Set<VuHandle>();
  readonly #cancels = new Set<() => void>();
  #onQuiet: (() => void) | null = null;
  readonly #over = Promise.withResolvers<void>();
  /** Resolves at {@link end_ms} or when the run is aborted. */
  readonly over = this.#over.promise;
  #is_over = false;
  #vus_held = 0;
  #started = 0;
  #completed = 0;
  #interrupted = 0;
  #dropped = 0;

  constructor(readonly scenario: S, readonly world: World, readonly start_ms: number) {
    this.end_ms = start_ms + durationOf(scenario);
  }

  /** Runs an executor to its end, at most until the graceful stop is over. */
  async run(execute: (running: RunningScenario<S>) => Promise<void>): Promise<void> {
    this.at(this.end_ms, () => this.#end());
    this.at(this.end_ms + this.scenario.graceful_stop_ms, () => this.#interruptAll());
    try {
      await Promise.race([execute(this), this.#abandoned.promise]);
    } finally {
      this.#end();
      for (const cancel of this.#cancels) cancel();
      this.#cancels.clear();
    }
  }

  /** Whether an iteration may start now. */
  mayStart(): boolean {
    return !this.#is_over && this.world.now() < this.end_ms;
  }

  /** Like `World.at`, but canceled when the scenario ends. */
  at(time_ms: number, callback: () => void): () => void {
    const cancel = this.world.at(time_ms, () => {
      this.#cancels.delete(cancel);
      callback();
    });
    this.#cancels.add(cancel);
    return () => {
      this.#cancels.delete(cancel);
      cancel();
    };
  }

  takeFreeVu(): VuHandle | null {
    const vu = this.world.takeVu();
    if (vu !== null) this.#vus_held++;
    return vu;
  }

  /** @throws {Error} No VU is free, because too few were created. */
  takeVu(): VuHandle {
    const vu = this.takeFreeVu();
    if (vu === null) {
      const { name } = this.scenario;
      throw new Error(
        `Cannot run scenario ${name}: it needs up to ${vusMax(this.scenario)} VUs, ` +
          `has ${this.#vus_held}, and no more are free`,
      );
    }
    return vu;
  }

  giveBackVu(vu: VuHandle): void {
    this.#vus_held--;
    this.world.giveBackVu(vu);
  }

  async iterate(vu: VuHandle): Promise<void> {
    this.#running.add(vu);
    try {
      if (await this.world.runIteration(vu, this.scenario, this.#started++)) this.#completed++;
      else this.#interrupted++;
    } finally {
      this.#ended(vu);
    }
  }

  #ended(vu: VuHandle): void {
    this.#running.delete(vu);
    if (this.#running.size === 0) this.#onQuiet?.();
  }

  /** Runs iterations on one VU while `goesOn` returns true, then gives the VU back. */
  loop(vu: VuHandle, goesOn: () => boolean): Promise<void> {
    return this.world.enter(vu, () => this.#loop(vu, goesOn));
  }

  async #loop(vu: VuHandle, goesOn: () => boolean): Promise<void> {
    const { world, scenario } = this;
    this.#running.add(vu);
    try {
      let now_ms = world.now();
      while (!this.#is_over && now_ms < this.end_ms && goesOn()) {
        // Inlines `iterate`: saves a promise and two set operations per iteration.
        if (await world.runIteration(vu, scenario, this.#started++)) this.#completed++;
        else this.#interrupted++;
        const breath = world.breathe();
        if (breath !== null) await breath;
        now_ms = breath === null ? world.recent() : world.now();
      }
    } finally {
      this.#ended(vu);
    }
    this.giveBackVu(vu);
  }

  /** Interrupts the running iteration of one VU. */
  interrupt(vu: VuHandle): void {
    if (this.#running.has(vu)) vu.interrupt();
  }

  /** Resolves when no iteration is running. */
  async quiet(): Promise<void> {
    if (this.#running.size > 0) await new Promise<void>((resolve) => this.#onQuiet = resolve);
  }

  drop(iterations: number): void {
    if (iterations === 0) return;
    this.#dropped += iterations;
    this.world.drop(this.scenario, iterations);
  }

  /** Ends now: running iterations are interrupted and no more start. */
  abort(): void {
    this.is_aborted = true;
    this.#end();
    this.#interruptAll();
  }

  /** The progress, with `progress` by time. */
  progress(): ScenarioProgress {
    const now_ms = this.world.now();
    const by_time = (now_ms - this.start_ms) / Math.max(this.end_ms - this.start_ms, 1);
    return {
      scenario: this.scenario,
      state: this.#is_over ? "stopping" : "running",
      progress: Math.min(1, Math.max(0, by_time)),
      started_ms: this.start_ms,
      vus_active: this.scenario.executor.endsWith("arrival-rate")
        ? this.#running.size
        : this.#vus_held,
      iterations_started: this.#started,
      iterations_completed: this.#completed,
      iterations_interrupted: this.#interrupted,
      iterations_dropped: this.#dropped,
    };
  }

  #end(): void {
    this.#is_over = true;
    this.#over.resolve();
  }

  #interruptAll(): void {
    for (const vu of this.#running) vu.interrupt();
    this.at(this.world.now() + INTERRUPT_SETTLE_MS, () => this.#abandoned.resolve());
  }
}
