/** How late the event loop runs a due timer. */
import { type SharedCells, sharedCells } from "../platform/mod.ts";

const HALF_MS = 30_000;

/** One thread's longest block over the last 30–60 s. */
export class LoopProbe {
  #half_started_ms: number;
  #due_ms = 0;

  /** @param cells Longest block of the current half minute and of the one before. */
  constructor(now_ms: number, readonly cells: SharedCells = sharedCells(2)) {
    this.#half_started_ms = now_ms;
  }

  /** The timer is due `interval_ms` from now. */
  expect(now_ms: number, interval_ms: number): void {
    this.#due_ms = now_ms + interval_ms;
  }

  fired(now_ms: number): void {
    if (now_ms - this.#half_started_ms >= HALF_MS) {
      this.#half_started_ms = now_ms;
      this.cells[1] = this.cells[0];
      this.cells[0] = 0;
    }
    this.cells[0] = Math.max(this.cells[0], now_ms - this.#due_ms);
  }

  /** Longest block in milliseconds. It includes a timer's usual lateness of about 1 ms. */
  get block_max_ms(): number {
    return Math.round(Math.max(this.cells[0], this.cells[1]) * 1000) / 1000;
  }

  /** Checks every `interval_ms`; the returned function stops it. */
  run(interval_ms: number, monotonic_ms: () => number): () => void {
    this.expect(monotonic_ms(), interval_ms);
    const timer = setInterval(() => {
      const now_ms = monotonic_ms();
      this.fired(now_ms);
      this.expect(now_ms, interval_ms);
    }, interval_ms);
    return () => clearInterval(timer);
  }
}
