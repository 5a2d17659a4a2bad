/** Waiting with a deadline: for a time, a state or a promise. */

/** Longest wait for a state that normally comes in a fraction of a second, in milliseconds. */
export const WAIT_MS_MAX = 15_000;
/** Time between two looks at a state, in milliseconds. */
const LOOK_EVERY_MS = 20;

/** Resolves after `wait_ms`, or as soon as one of the signals aborts. Never rejects. */
export function pause(wait_ms: number, ...signals: AbortSignal[]): Promise<void> {
  if (wait_ms <= 0 || signals.some((signal) => signal.aborted)) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => {
    clearTimeout(timer);
    for (const signal of signals) signal.removeEventListener("abort", end);
    resolve();
  };
  const timer = setTimeout(end, wait_ms);
  for (const signal of signals) signal.addEventListener("abort", end);
  return promise;
}

/** A value that does not count as reached. */
export type NotYet = false | null | undefined;

/** How long and how often to look. */
export interface WaitOptions {
  wait_ms_max?: number;
  look_every_ms?: number;
  /** Ends the wait early. */
  signal?: AbortSignal;
}

/**
 * The first value of `look` that is neither `undefined`, `null` nor `false`; `undefined` if time
 * runs out or the signal aborts.
 */
export async function firstValue<T>(
  look: () => T | NotYet | Promise<T | NotYet>,
  { wait_ms_max = WAIT_MS_MAX, look_every_ms = LOOK_EVERY_MS, signal }: WaitOptions = {},
): Promise<T | undefined> {
  const end_ms = performance.now() + wait_ms_max;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen as T;
    if (signal?.aborted || performance.now() >= end_ms) return undefined;
    await (signal === undefined ? pause(look_every_ms) : pause(look_every_ms, signal));
  }
}

/**
 * Like {@link firstValue}, but throws if time runs out.
 *
 * ```ts
 * const age_ms = await until("age over 300 ms", async () => {
 *   const { age_ms } = await get(url);
 *   return age_ms > 300 && age_ms;
 * });
 * ```
 *
 * @throws {Error} `waited 15000 ms in vain for age over 300 ms`
 */
export async function until<T>(
  what: string,
  look: () => T | NotYet | Promise<T | NotYet>,
  options: WaitOptions = {},
): Promise<T> {
  const value = await firstValue(look, options);
  if (value === undefined) throw inVain(what, options.wait_ms_max ?? WAIT_MS_MAX);
  return value;
}

/**
 * The promise's value.
 *
 * @throws {Error} `waited 300 ms in vain for the service to end`
 */
export async function within<T>(
  what: string,
  work: Promise<T>,
  wait_ms_max = WAIT_MS_MAX,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(inVain(what, wait_ms_max)), wait_ms_max);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function inVain(what: string, wait_ms: number): Error {
  return new Error(`waited ${wait_ms} ms in vain for ${what}`);
}
