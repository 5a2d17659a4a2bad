/** A clock that a test moves, and the timers on it. */
import { setImmediate } from "node:timers";

export class VirtualTime {
  now_ms = 0;
  readonly timers = new Map<() => void, number>();

  readonly later = (delay_ms: number, run: () => void): () => void => {
    const due = () => {
      this.timers.delete(due);
      run();
    };
    this.timers.set(due, this.now_ms + delay_ms);
    return () => void this.timers.delete(due);
  };

  /** Runs the timers that are due, in order, and waits for the work they start. */
  async pass(ms: number): Promise<void> {
    const end_ms = this.now_ms + ms;
    for (;;) {
      await new Promise<void>((settled) => setImmediate(settled));
      let next: (() => void) | null = null;
      let next_ms = Infinity;
      for (const [due, at_ms] of this.timers) if (at_ms < next_ms) [next, next_ms] = [due, at_ms];
      if (next === null || next_ms > end_ms) break;
      this.now_ms = Math.max(this.now_ms, next_ms);
      next();
    }
    this.now_ms = end_ms;
  }

  /** Resolves after this time. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.later(ms, resolve));
  }
}
