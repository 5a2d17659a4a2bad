/** A VU with its script loaded: runs iterations and life-cycle functions, and can be cut off. */
import { cancelTimers } from "../k6/timers.ts";
import { describeError } from "./describe_error.ts";
import { loadAs, runAs } from "./current_vu.ts";
import type { Instantiator, ScriptExports } from "./instantiate.ts";
import { Interrupted } from "./interrupted.ts";
import { TestAborted } from "./test_aborted.ts";
import type { IterationPlace, Phase, Vu } from "./vu.ts";

/** Connections, or whatever leads to them. */
export interface Breakable {
  /** Exchanges under way never settle. */
  interrupt(): void;
  closeIdle(): void;
  close(): void;
}

export class RunningVu {
  readonly id: number;
  readonly vu: Vu;
  readonly #connections: Breakable;
  readonly #localize: (text: string) => string;
  readonly #base_env: Readonly<Record<string, string>>;
  #data_json: string | undefined = undefined;
  #data: unknown = undefined;
  /** Counts interrupts: an iteration of an earlier count is of no interest any more. */
  #era = 0;
  readonly #iterateBound = (place: IterationPlace) => this.#iterate(place);
  /** Ends the iteration under way, or does nothing where it has ended. */
  #resolve: ((is_complete: boolean) => void) | null = null;
  /** Ends the life-cycle function under way. */
  #cut: (() => void) | null = null;

  constructor(vu: Vu, connections: Breakable, localize: (text: string) => string) {
    this.id = vu.id;
    this.vu = vu;
    this.#connections = connections;
    this.#localize = localize;
    this.#base_env = vu.env;
  }

  /** @throws what the script throws at its top level. */
  async load(instantiator: Instantiator): Promise<ScriptExports> {
    const { vu } = this;
    vu.exports = await loadAs(vu, () => instantiator.instantiate());
    return vu.exports;
  }

  /** What `setup` gave, as JSON; each VU reads its own copy. */
  setData(json: string | undefined): void {
    this.#data_json = json;
    this.#data = json === undefined ? undefined : JSON.parse(json);
  }

  /** True once the iteration has run to its end, also where it threw; false where it was cut off. */
  runIteration(place: IterationPlace): Promise<boolean> {
    const { vu } = this;
    const { env } = place.scenario;
    if (place.scenario !== vu.place?.scenario) {
      vu.env = Object.keys(env).length === 0 ? this.#base_env : { ...this.#base_env, ...env };
    }
    return new Promise((resolve) => {
      this.#resolve = resolve;
      void runAs(vu, this.#iterateBound, place);
    });
  }

  async #iterate(place: IterationPlace): Promise<void> {
    const { vu } = this;
    const resolve = this.#resolve!;
    const { world } = vu;
    const era = this.#era;
    vu.beginIteration(place);
    const started_ms = world.now();
    try {
      const main = vu.exports[place.scenario.exec] as (data: unknown) => unknown;
      const returned = main(this.#data);
      if (returned instanceof Promise) await returned;
      const quiet = vu.whenQuiet();
      if (quiet !== null) await quiet;
    } catch (error) {
      const is_silent = error instanceof TestAborted || error instanceof Interrupted;
      if (era === this.#era && !is_silent) this.#logError(error);
      const quiet = vu.whenQuiet();
      if (quiet !== null) await quiet;
    }
    if (era !== this.#era) return;
    if (vu.transport.blocking?.is_cut) return resolve(false);
    const duration_ms = world.now() - started_ms;
    const time_ms = world.epoch_ms();
    const { tags } = vu.tags;
    world.add(world.metrics.iteration_duration, duration_ms, tags, time_ms);
    world.add(world.metrics.iterations, 1, tags, time_ms);
    vu.emitBytes();
    const { options } = world;
    if (options !== null) {
      if (options.no_vu_connection_reuse) this.#connections.closeIdle();
      const rest_ms = options.min_iteration_duration_ms - duration_ms;
      if (rest_ms > 0) await new Promise<void>((wake) => setTimeout(wake, rest_ms));
    }
    if (era === this.#era) resolve(true);
  }

  /**
   * Calls `setup`, `teardown` or `handleSummary`.
   * @throws what it throws; {@link Interrupted} where it was cut off.
   */
  async call(name: string, phase: Phase, argument: unknown): Promise<unknown> {
    const { vu } = this;
    vu.enterPhase(phase);
    const cut = new Promise<never>((_, reject) => {
      this.#cut = () => reject(new Interrupted(`${name} was cut off`));
    });
    const called = runAs(vu, async () => {
      const value = await (vu.exports[name] as (argument: unknown) => unknown)(argument);
      await vu.whenQuiet();
      return value;
    });
    try {
      return await Promise.race([called, cut]);
    } finally {
      vu.emitBytes();
    }
  }

  /** The data of `setup`, for `teardown`. */
  get data(): unknown {
    return this.#data_json === undefined ? undefined : JSON.parse(this.#data_json);
  }

  interrupt(): void {
    this.#era++;
    this.#connections.interrupt();
    cancelTimers(this.vu);
    this.vu.abandon();
    this.#resolve?.(false);
    this.#cut?.();
  }

  close(): void {
    this.#connections.close();
    cancelTimers(this.vu);
  }

  #logError(error: unknown): void {
    this.vu.world.log("error", describeError(error, this.#localize));
  }
}
