/** Waiting with a deadline: for a time, a state or a promise. */

/** Default deadline for a state that is normally reached within a second, in milliseconds. */
export const WAIT_MS_MAX = 30_000;
/** Default time between two looks at a state, in milliseconds. */
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
type NotYet = false | null | undefined;

/** Deadline and period of a wait. */
interface WaitOptions {
  wait_ms_max?: number;
  look_every_ms?: number;
  /** Ends the wait early. */
  signal?: AbortSignal;
  /** Treats an error of `look` as not yet reached. */
  retry_errors?: boolean;
}

/**
 * The first value of `look` that is neither `undefined`, `null` nor `false`; `undefined` after the
 * deadline or once the signal aborts.
 */
export async function firstValue<T>(
  look: () => T | NotYet | Promise<T | NotYet>,
  options: WaitOptions = {},
): Promise<T | undefined> {
  return (await lookUntil(look, options)).value;
}

async function lookUntil<T>(
  look: () => T | NotYet | Promise<T | NotYet>,
  options: WaitOptions,
): Promise<{ value?: T; error?: unknown }> {
  const { wait_ms_max = WAIT_MS_MAX, look_every_ms = LOOK_EVERY_MS, signal } = options;
  const end_ms = performance.now() + wait_ms_max;
  let error: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== null && seen !== false) return { value: seen as T };
    } catch (thrown) {
      if (!options.retry_errors) throw thrown;
      error = thrown;
    }
    if (signal?.aborted || performance.now() >= end_ms) return { error };
    await (signal === undefined ? pause(look_every_ms) : pause(look_every_ms, signal));
  }
}

/**
 * Like {@link firstValue}, but throws after the deadline.
 *
 * ```ts
 * const age_ms = await until("age over 300 ms", async () => {
 *   const { age_ms } = await get(url);
 *   return age_ms > 300 && age_ms;
 * });
 * ```
 *
 * @throws {Error} `timed out after 30000 ms waiting for age over 300 ms`; its cause is the last
 * retried error.
 */
export async function until<T>(
  what: string,
  look: () => T | NotYet | Promise<T | NotYet>,
  options: WaitOptions = {},
): Promise<T> {
  const { value, error } = await lookUntil(look, options);
  if (value !== undefined) return value;
  throw timedOut(what, options.wait_ms_max ?? WAIT_MS_MAX, error);
}

/**
 * Awaits a promise with a deadline.
 * @throws {Error} `timed out after 300 ms waiting for the service to end`
 */
export async function within<T>(
  what: string,
  work: Promise<T>,
  wait_ms_max = WAIT_MS_MAX,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(timedOut(what, wait_ms_max)), wait_ms_max);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function timedOut(what: string, wait_ms: number, cause?: unknown): Error {
  return new Error(`timed out after ${wait_ms} ms waiting for ${what}`, { cause });
}
