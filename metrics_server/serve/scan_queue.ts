/** Searches of many rows, one after the other, so that other requests are answered between them. */

/** Rows that are searched at once: about 50 µs. */
const ROWS_AT_ONCE = 2_048;

/** Time for other requests after a search, as a multiple of its own. */
const REST_FACTOR = 4;

/** Most searches that wait. */
export const SCANS_WAITING_MAX = 256;

/** Searches of one serving thread. They take at most a fifth of it while others wait. */
export class ScanQueue {
  readonly #waiting: (() => void)[] = [];
  #free_at_ms = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly monotonic_ms: () => number) {}

  /** The result, at once or after earlier searches; null if too many wait. */
  run<Result>(
    rows: number,
    search: () => Result | Promise<Result>,
  ): Result | Promise<Result> | null {
    if (rows <= ROWS_AT_ONCE) return search();
    if (this.#waiting.length === 0 && this.monotonic_ms() >= this.#free_at_ms) {
      return this.#timed(search);
    }
    if (this.#waiting.length >= SCANS_WAITING_MAX) return null;
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(this.#timed(search));
        } catch (error) {
          reject(error);
        }
      });
      this.#schedule();
    });
  }

  #timed<Result>(search: () => Result): Result {
    const from_ms = this.monotonic_ms();
    try {
      return search();
    } finally {
      const now_ms = this.monotonic_ms();
      this.#free_at_ms = now_ms + REST_FACTOR * (now_ms - from_ms);
    }
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#waiting.length === 0) return;
    const rest_ms = Math.max(0, this.#free_at_ms - this.monotonic_ms());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#waiting.shift()?.();
      this.#schedule();
    }, rest_ms);
  }
}
