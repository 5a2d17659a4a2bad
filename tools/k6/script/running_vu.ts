/** A VU with its script loaded: runs iterations and life-cycle functions. */
import { isRunningAs, type IterationPlace, loadAs, type Phase, runAs, type Vu } from "./vu.ts";
import { describeError, Interrupted, NotSupported, TestAborted } from "./errors.ts";
import { isThenable } from "./thenable.ts";
import type { Instantiator } from "./instantiate.ts";
import type { ScriptExports } from "./module_factory.ts";

interface Connections {
  /** Exchanges in progress never settle. */
  interrupt(): void;
  closeIdle(): void;
  /** Fails requests whose timeout has passed. */
  expire(now_ms: number): void;
  close(): void;
}

export class RunningVu {
  readonly id: number;
  readonly #base_env: Readonly<Record<string, string>>;
  #data: unknown = undefined;
  /** Counts interrupts: results of an earlier count are ignored. */
  #era = 0;
  #started_ms = 0;
  /** Ends the iteration in progress. */
  #resolve: ((is_complete: boolean) => void) | null = null;
  /** Ends the life-cycle function in progress. */
  #cut: (() => void) | null = null;

  constructor(
    private readonly vu: Vu,
    private readonly connections: Connections,
    private readonly localize: (text: string) => string,
  ) {
    this.id = vu.id;
    this.#base_env = vu.env;
  }

  /** @throws what the script throws at its top level. */
  async load(instantiator: Instantiator): Promise<ScriptExports> {
    const { vu } = this;
    vu.exports = await loadAs(vu, () => instantiator.instantiate());
    return vu.exports;
  }

  /** The result of `setup`, as JSON; each VU reads its own copy. */
  setData(json: string | undefined): void {
    this.#data = json === undefined ? undefined : JSON.parse(json);
  }

  enter<T>(call: () => T): T {
    return runAs(this.vu, call);
  }

  /** True when the iteration has ended, even by throwing; false if it was cut off. */
  runIteration(place: IterationPlace): Promise<boolean> {
    const { vu } = this;
    const { env } = place.scenario;
    if (place.scenario !== vu.place?.scenario) {
      vu.env = Object.keys(env).length === 0 ? this.#base_env : { ...this.#base_env, ...env };
    }
    return new Promise((resolve) => {
      this.#resolve = resolve;
      if (isRunningAs(vu)) this.#begin(place);
      else runAs(vu, this.#begin, place);
    });
  }

  /** Starts an iteration. It continues by callbacks: one more `await` lowers the rate. */
  readonly #begin = (place: IterationPlace): void => {
    const { vu } = this;
    vu.beginIteration(place);
    this.#started_ms = vu.world.recent_ms();
    try {
      const main = vu.exports[place.scenario.exec] as (data: unknown) => unknown;
      const returned = main(this.#data);
      if (isThenable(returned)) {
        const era = this.#era;
        returned.then(
          () => this.#whenQuiet(era),
          (error) => this.#failed(error, era),
        );
      } else this.#whenQuiet(this.#era);
    } catch (error) {
      this.#failed(error, this.#era);
    }
  };

  #failed(error: unknown, era: number): void {
    const is_silent = error instanceof TestAborted || error instanceof Interrupted;
    if (era === this.#era && !is_silent) {
      const { world } = this.vu;
      world.countThrown();
      const message = describeError(error, this.localize);
      if (error instanceof NotSupported) world.host.refuse(message);
      else world.log("error", message);
    }
    this.#whenQuiet(era);
  }

  /** Ends the iteration when the requests and timers it began have ended. */
  #whenQuiet(era: number): void {
    if (era !== this.#era) return;
    const quiet = this.vu.whenQuiet();
    if (quiet === null) this.#end(era);
    else void quiet.then(() => this.#whenQuiet(era));
  }

  #end(era: number): void {
    const { vu } = this;
    const { world } = vu;
    const resolve = this.#resolve!;
    if (vu.transport.blocking?.is_cut) return resolve(false);
    const duration_ms = world.now() - this.#started_ms;
    const time_ms = world.epoch_ms();
    const { tags } = vu.tags;
    world.add(world.metrics.iteration_duration, duration_ms, tags, time_ms);
    world.add(world.metrics.iterations, 1, tags, time_ms);
    vu.emitBytes();
    const { options } = world;
    if (options !== null) {
      if (options.no_vu_connection_reuse) this.connections.closeIdle();
      const rest_ms = options.min_iteration_duration_ms - duration_ms;
      if (rest_ms > 0) {
        setTimeout(() => era === this.#era && resolve(true), rest_ms);
        return;
      }
    }
    resolve(true);
  }

  /**
   * Calls `setup`, `teardown` or `handleSummary`. The result of `setup` is returned as JSON.
   * @throws what the function throws, or {@link Interrupted}.
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
      return phase === "setup" ? JSON.stringify(value) : value;
    });
    try {
      return await Promise.race([called, cut]);
    } finally {
      vu.emitBytes();
    }
  }

  interrupt(): void {
    this.#era++;
    this.connections.interrupt();
    this.vu.abandon();
    this.#resolve?.(false);
    this.#cut?.();
  }

  expire(now_ms: number): void {
    this.connections.expire(now_ms);
  }

  close(): void {
    this.connections.close();
    this.vu.abandon();
  }
}
