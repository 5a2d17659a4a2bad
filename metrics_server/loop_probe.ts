/** Longest time the event loop did not get round to a due timer, over the last half to whole minute. */

const HALF_MS = 30_000;

/** One thread's blocks, in memory that any thread may read. */
export class LoopProbe {
  readonly buffer: SharedArrayBuffer;
  /** Longest block of this half minute and of the one before. */
  readonly #blocks: Float64Array;
  #half_started_ms: number;
  #due_ms = 0;

  private constructor(buffer: SharedArrayBuffer, now_ms: number) {
    this.buffer = buffer;
    this.#blocks = new Float64Array(buffer);
    this.#half_started_ms = now_ms;
  }

  static create(now_ms = 0): LoopProbe {
    return new LoopProbe(new SharedArrayBuffer(16), now_ms);
  }

  static attach(buffer: SharedArrayBuffer, now_ms = 0): LoopProbe {
    return new LoopProbe(buffer, now_ms);
  }

  /** The timer is due `interval_ms` from now. */
  expect(now_ms: number, interval_ms: number): void {
    this.#due_ms = now_ms + interval_ms;
  }

  /** The timer fired. */
  fired(now_ms: number): void {
    if (now_ms - this.#half_started_ms >= HALF_MS) {
      this.#half_started_ms = now_ms;
      this.#blocks[1] = this.#blocks[0];
      this.#blocks[0] = 0;
    }
    this.#blocks[0] = Math.max(this.#blocks[0], now_ms - this.#due_ms);
  }

  /** Longest block in milliseconds. A timer's own lateness of about a millisecond is in it. */
  get block_max_ms(): number {
    return Math.round(Math.max(this.#blocks[0], this.#blocks[1]) * 1000) / 1000;
  }

  /** Checks every `interval_ms`; the function returned stops it. */
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
