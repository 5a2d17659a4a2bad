/** `World.at` on a real clock. */
import { TimerQueue } from "./timer_queue.ts";

/** What real timers stand on. */
export interface TimerGround {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Calls back after about `delay_ms`; returns what cancels it. `setTimeout` will do. */
  after(delay_ms: number, callback: () => void): () => void;
  /** Resolves every fraction of a millisecond; null where timers need not be finer than `after`. */
  tick: (() => Promise<unknown>) | null;
}

/**
 * Timers as fine as the ground's ticks. With ticks they are looked at on each, so that arrivals
 * that are due every millisecond start every millisecond; without, one `after` waits for the
 * earliest.
 *
 * ```ts
 * using timers = new RealTimers({ now, after, tick: null });
 * timers.at(now() + 5, () => {});
 * ```
 */
export class RealTimers {
  readonly #ground: TimerGround;
  readonly #queue = new TimerQueue();
  #awaited_ms = Infinity;
  #cancelAfter: (() => void) | null = null;
  #is_open = true;

  constructor(ground: TimerGround) {
    this.#ground = ground;
    if (ground.tick !== null) void this.#follow(ground.tick);
  }

  at(time_ms: number, callback: () => void): () => void {
    const cancel = this.#queue.at(time_ms, callback);
    if (this.#ground.tick === null) this.#await();
    return cancel;
  }

  /** Nothing is called back any more. */
  [Symbol.dispose](): void {
    this.#is_open = false;
    this.#cancelAfter?.();
  }

  async #follow(tick: () => Promise<unknown>): Promise<void> {
    while (this.#is_open) {
      await tick();
      if (this.#is_open) this.#queue.runDue(this.#ground.now());
    }
  }

  #await(): void {
    const { next_ms } = this.#queue;
    if (!this.#is_open || next_ms >= this.#awaited_ms) return;
    this.#cancelAfter?.();
    this.#awaited_ms = next_ms;
    const delay_ms = Math.max(0, next_ms - this.#ground.now());
    this.#cancelAfter = this.#ground.after(delay_ms, () => {
      this.#awaited_ms = Infinity;
      this.#cancelAfter = null;
      this.#queue.runDue(this.#ground.now());
      this.#await();
    });
  }
}
