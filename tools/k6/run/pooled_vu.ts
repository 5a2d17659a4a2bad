/** A VU as the run sees it: created before the start, lent to scenarios. */
import type { VuHandle } from "../executors/world.ts";
import type { IterationPlace, Phase } from "../script/vu.ts";

/** A VU on the main thread or on its own. */
export interface PooledVu extends VuHandle {
  setData(json: string | undefined): void;
  /** Calls the function with this VU as the current one. */
  enter<T>(call: () => T): T;
  runIteration(place: IterationPlace): Promise<boolean>;
  call(name: string, phase: Phase, argument: unknown): Promise<unknown>;
  /** Fails requests whose timeout has passed. */
  expire(now_ms: number): void;
  close(): void;
}

/** Awaits a call; at the timeout it runs `cut`, which must settle the call. */
export async function withTimeout<T>(
  call: Promise<T>,
  timeout_ms: number,
  cut: () => void,
): Promise<T> {
  // setTimeout fires at once for a longer delay.
  const timer = setTimeout(cut, Math.min(timeout_ms, 2 ** 31 - 1));
  try {
    return await call;
  } finally {
    clearTimeout(timer);
  }
}
