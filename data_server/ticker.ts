/** A schedule that does not drift: tick n is due at start + n × interval. */
import type { Clock } from "../platform/mod.ts";

/** Calls `callback` once, after `delay_ms`. Returns a function that cancels the call. */
export type Timer = (delay_ms: number, callback: () => void) => () => void;

export const systemTimer: Timer = (delay_ms, callback) => {
  const id = setTimeout(callback, delay_ms);
  return () => clearTimeout(id);
};

interface TickerOptions {
  interval_ms: number;
  clock: Pick<Clock, "monotonic_ms">;
  timer: Timer;
  /** Does the work of a tick that starts `skew_ms` late. Ticks do not overlap. */
  tick: (skew_ms: number) => void | Promise<void>;
}

/** Calls `tick` at every slot, starting with slot 0 at once; never two at the same time. */
export class Ticker {
  readonly #options: TickerOptions;
  #start_ms = 0;
  #slot = 0;
  #cancel = () => {};
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: TickerOptions) {
    this.#options = options;
  }

  /** Runs the first tick; resolves when the next one is scheduled. */
  start(): Promise<void> {
    this.#start_ms = this.#options.clock.monotonic_ms();
    this.#running = this.#run(this.#start_ms);
    return this.#running;
  }

  /** Starts no further tick; resolves when the current one is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#running;
  }

  #schedule(): void {
    if (this.#stopped) return;
    const now_ms = this.#options.clock.monotonic_ms();
    const { interval_ms } = this.#options;
    // The next slot in the future: slots missed by a late or long tick are skipped.
    const current = Math.floor((now_ms - this.#start_ms) / interval_ms);
    this.#slot = Math.max(this.#slot, current) + 1;
    const due_ms = this.#start_ms + this.#slot * interval_ms;
    this.#cancel = this.#options.timer(due_ms - now_ms, () => {
      this.#running = this.#run(due_ms);
    });
  }

  async #run(due_ms: number): Promise<void> {
    await this.#options.tick(this.#options.clock.monotonic_ms() - due_ms);
    this.#schedule();
  }
}
