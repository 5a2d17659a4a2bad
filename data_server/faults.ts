/** Injected faults: which requests they hit, and the delays in progress. */
import type { Sfc32 } from "./random.ts";
import type { Timer } from "./ticker.ts";

/** Share of the requests that are delayed if a delay is set. */
const SLOW_SHARE = 0.2;

export interface FaultSettings {
  /** `FAULT_500_PCT`, 0–100. */
  error_pct: number;
  /** `FAULT_SLOW_MS`; 0 disables delays. */
  slow_ms: number;
}

/** Faults of one request. With both, the delay comes first. */
export interface Fault {
  /** Answer 500 instead of the data. */
  is_error: boolean;
  /** Extra delay, 0 for none. */
  delay_ms: number;
}

/** Draws a request's faults, always twice: one setting does not change the other's sequence. */
export function drawFault(random: Pick<Sfc32, "fraction">, settings: FaultSettings): Fault {
  const is_error = random.fraction() * 100 < settings.error_pct;
  const is_slow = random.fraction() < SLOW_SHARE;
  return { is_error, delay_ms: is_slow ? settings.slow_ms : 0 };
}

/** Most requests delayed at the same time; others are answered without delay. */
export const DELAYS_MAX = 1_000;

type DelayEnd = "elapsed" | "aborted" | "stopped";

/** Delays in progress. Each ends with its request, and all end with the server. */
export class Delays {
  readonly #timer: Timer;
  readonly #endings = new Set<(end: DelayEnd) => void>();
  #stopped = false;

  constructor(timer: Timer) {
    this.#timer = timer;
  }

  get pending(): number {
    return this.#endings.size;
  }

  /**
   * Ends by time, `signal` or {@link stop}; undefined if {@link DELAYS_MAX} are in progress.
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

  /** Ends every delay; later delays end at once. */
  stop(): void {
    this.#stopped = true;
    for (const finish of [...this.#endings]) finish("stopped");
  }
}
