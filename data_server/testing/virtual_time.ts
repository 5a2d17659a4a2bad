import type { Clock } from "../../platform/mod.ts";
import type { Timer } from "../ticker.ts";

interface Pending {
  due_ms: number;
  callback: () => void;
}

/** A clock and its timers, advanced only by the test. */
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

  get timers_pending(): number {
    return this.#pending.size;
  }

  readonly timer: Timer = (delay_ms, callback) => {
    const pending = { due_ms: this.#elapsed_ms + Math.max(0, delay_ms), callback };
    this.#pending.add(pending);
    return () => this.#pending.delete(pending);
  };

  /** Advances time without running timers, like a blocked event loop. */
  block(duration_ms: number): void {
    this.#elapsed_ms += duration_ms;
  }

  /** Advances time and runs each timer when it is due. */
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

/** Runs pending promise callbacks. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
