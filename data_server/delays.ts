/** Delays under way, each of which ends with its request and all of which end with the server. */
import type { Timer } from "./timers.ts";

/** Requests that can be delayed at the same time; further ones are answered without delay. */
export const DELAYS_MAX = 1_000;

/** How a delay ended. */
export type DelayEnd = "elapsed" | "aborted" | "stopped";

/**
 * Delays that leave no timer behind.
 *
 * ```ts
 * const delays = new Delays(systemTimer);
 * await delays.wait(500, request.signal); // "elapsed", or "aborted" where the client went away
 * ```
 */
export class Delays {
  readonly #timer: Timer;
  readonly #endings = new Set<(end: DelayEnd) => void>();
  #stopped = false;

  constructor(timer: Timer) {
    this.#timer = timer;
  }

  /** Delays under way. */
  get pending(): number {
    return this.#endings.size;
  }

  /**
   * Waits until `delay_ms` are over, `signal` aborts or {@link stop} is called.
   *
   * @returns Undefined, and no delay, where there are {@link DELAYS_MAX} under way.
   */
  wait(delay_ms: number, signal: AbortSignal): Promise<DelayEnd> | undefined {
    if (this.#endings.size >= DELAYS_MAX) return undefined;
    if (this.#stopped) return Promise.resolve("stopped");
    if (signal.aborted) return Promise.resolve("aborted");
    return new Promise((resolve) => {
      const finish = (end: DelayEnd) => {
        cancel();
        signal.removeEventListener("abort", onAbort);
        this.#endings.delete(finish);
        resolve(end);
      };
      const onAbort = () => finish("aborted");
      const cancel = this.#timer(delay_ms, () => finish("elapsed"));
      signal.addEventListener("abort", onAbort);
      this.#endings.add(finish);
    });
  }

  /** Ends every delay, and each one asked for from now on at once. */
  stop(): void {
    this.#stopped = true;
    for (const finish of [...this.#endings]) finish("stopped");
  }
}
