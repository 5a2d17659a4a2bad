/** The VUs of a run: made before the start, lent to scenarios. */
import type { VuHandle } from "../executors/world.ts";
import type { Scenario } from "../options/scenario.ts";
import type { IterationPlace, Phase } from "../script/vu.ts";

/** A VU, on the main thread or on its own. */
export interface PooledVu extends VuHandle {
  setData(json: string | undefined): void;
  /** Calls the function as this VU. */
  enter<T>(call: () => T): T;
  runIteration(place: IterationPlace): Promise<boolean>;
  call(name: string, phase: Phase, argument: unknown): Promise<unknown>;
  /** Gives up exchanges whose time is over. */
  expire(now_ms: number): void;
  close(): void;
}

export class VuPool {
  readonly all: readonly PooledVu[];
  readonly #free: PooledVu[];

  constructor(vus: readonly PooledVu[]) {
    this.all = vus;
    this.#free = [...vus].reverse();
  }

  /** VUs with low numbers first. */
  take(_scenario: Scenario): PooledVu | null {
    return this.#free.pop() ?? null;
  }

  giveBack(vu: PooledVu): void {
    this.#free.push(vu);
  }

  setData(json: string | undefined): void {
    for (const vu of this.all) vu.setData(json);
  }

  expire(now_ms: number): void {
    for (const vu of this.all) vu.expire(now_ms);
  }

  close(): void {
    for (const vu of this.all) vu.close();
  }
}

/**
 * What the promise comes to; after the time, `cut` is called, which has to settle it.
 *
 * ```ts
 * await withTimeout(vu.call("setup", "setup", undefined), 60_000, () => vu.interrupt());
 * ```
 */
export async function withTimeout<T>(
  promise: Promise<T>,
  timeout_ms: number,
  cut: () => void,
): Promise<T> {
  // A longer delay would go off at once.
  const timer = setTimeout(cut, Math.min(timeout_ms, 2 ** 31 - 1));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}
