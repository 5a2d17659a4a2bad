/** Time that passes only when a test says so. */
import type { Clock } from "../../platform/mod.ts";
import type { Timer } from "../timers.ts";

interface Pending {
  due_ms: number;
  callback: () => void;
}

/**
 * A clock and a timer that agree with each other.
 *
 * ```ts
 * const time = new VirtualTime(1_764_000_000_000);
 * time.timer(500, () => {});
 * await time.advance(500); // the callback has run, and what it awaited has gone on
 * ```
 */
export class VirtualTime implements Clock {
  readonly #start_ms: number;
  readonly #pending = new Set<Pending>();
  #elapsed_ms = 0;

  constructor(start_ms = 0) {
    this.#start_ms = start_ms;
  }

  epoch_ms(): number {
    return this.#start_ms + this.#elapsed_ms;
  }

  monotonic_ms(): number {
    return this.#elapsed_ms;
  }

  /** Timers that are set and not over. */
  get timers_pending(): number {
    return this.#pending.size;
  }

  readonly timer: Timer = (delay_ms, callback) => {
    const pending = { due_ms: this.#elapsed_ms + Math.max(0, delay_ms), callback };
    this.#pending.add(pending);
    return () => this.#pending.delete(pending);
  };

  /** Lets time pass without running timers, as a blocked event loop does. */
  block(duration_ms: number): void {
    this.#elapsed_ms += duration_ms;
  }

  /** Lets time pass, running each timer when it is due. */
  async advance(duration_ms: number): Promise<void> {
    const end_ms = this.#elapsed_ms + duration_ms;
    for (;;) {
      const next = [...this.#pending]
        .filter((pending) => pending.due_ms <= end_ms)
        .sort((a, b) => a.due_ms - b.due_ms)[0];
      if (next === undefined) break;
      this.#pending.delete(next);
      this.#elapsed_ms = Math.max(this.#elapsed_ms, next.due_ms);
      next.callback();
      await settle();
    }
    this.#elapsed_ms = Math.max(this.#elapsed_ms, end_ms);
    await settle();
  }
}

/** Lets everything go on that waits for promises only. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
