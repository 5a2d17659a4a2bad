/** One timer: what is set last replaces what was set before. */
export class Timer {
  #cancel = () => {};
  #at_ms = Infinity;

  constructor(
    readonly world: {
      monotonic_ms(): number;
      later(delay_ms: number, run: () => void): () => void;
    },
  ) {}

  /** Time until it runs; infinite unless it is set. */
  get left_ms(): number {
    return this.#at_ms - this.world.monotonic_ms();
  }

  set(delay_ms: number, run: () => void): void {
    this.clear();
    const wait_ms = Math.max(0, delay_ms);
    this.#at_ms = this.world.monotonic_ms() + wait_ms;
    this.#cancel = this.world.later(wait_ms, () => {
      this.#at_ms = Infinity;
      run();
    });
  }

  clear(): void {
    this.#cancel();
    this.#at_ms = Infinity;
  }
}
