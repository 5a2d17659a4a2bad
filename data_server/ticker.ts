/** A schedule that does not drift: tick n is due at start + n × interval, whatever happened before. */
import type { Clock } from "../platform/mod.ts";
import type { Timer } from "./timers.ts";

/** What {@link Ticker} needs. */
export interface TickerOptions {
  interval_ms: number;
  clock: Pick<Clock, "monotonic_ms">;
  timer: Timer;
  /**
   * Does the work of one tick; the next one is scheduled when it is done.
   *
   * @param skew_ms How much later than due this tick started.
   */
  tick: (skew_ms: number) => void | Promise<void>;
}

/**
 * The slot to wait for: the first one after `last_slot` that is not yet over. Slots that were
 * missed, because a tick was late or took long, are left out and not made up for.
 *
 * ```ts
 * nextSlot({ start_ms: 0, interval_ms: 1000, last_slot: 1, now_ms: 3400 }); // 4
 * ```
 */
export function nextSlot(
  at: { start_ms: number; interval_ms: number; last_slot: number; now_ms: number },
): number {
  const current = Math.floor((at.now_ms - at.start_ms) / at.interval_ms);
  return Math.max(at.last_slot, current) + 1;
}

/**
 * Calls `tick` at every slot, slot 0 being the start. Never two at once.
 *
 * ```ts
 * const ticker = new Ticker({ interval_ms: 10_000, clock, timer, tick: () => generate() });
 * await ticker.start(); // the first tick is done
 * await ticker.stop();
 * ```
 */
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

  /** Ticks for the first time; resolves when that is done, and the next tick is scheduled. */
  start(): Promise<void> {
    this.#start_ms = this.#options.clock.monotonic_ms();
    this.#running = this.#run(this.#start_ms);
    return this.#running;
  }

  /** No further tick starts; resolves when the one under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#running;
  }

  #schedule(): void {
    if (this.#stopped) return;
    const now_ms = this.#options.clock.monotonic_ms();
    const { interval_ms } = this.#options;
    this.#slot = nextSlot({
      start_ms: this.#start_ms,
      interval_ms,
      last_slot: this.#slot,
      now_ms,
    });
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
