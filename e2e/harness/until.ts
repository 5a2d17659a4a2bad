/** Waiting for a state by looking at it again and again, with a deadline instead of a fixed sleep. */

/** Longest wait for anything that normally takes a fraction of a second: a busy machine is slow. */
export const DEADLINE_MS = 15_000;

/** Pause between two looks. */
const LOOK_EVERY_MS = 20;

/**
 * Resolves with the first value of `look` that is neither undefined, null nor false.
 *
 * ```ts
 * const age_ms = await until("age over 300 ms", async () => {
 *   const { age_ms } = await ask();
 *   return age_ms > 300 && age_ms;
 * });
 * ```
 *
 * @param what Named in the error where the deadline passes, with what was seen last.
 */
export async function until<T>(
  what: string,
  look: () => T | false | null | undefined | Promise<T | false | null | undefined>,
  deadline_ms = DEADLINE_MS,
): Promise<T> {
  const started_ms = performance.now();
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen as T;
    if (performance.now() - started_ms > deadline_ms) {
      throw new Error(`waited ${deadline_ms} ms in vain for ${what}`);
    }
    await pause(LOOK_EVERY_MS);
  }
}

/** Gives the promise's value, or throws after `deadline_ms` naming `what`. */
export async function within<T>(
  what: string,
  work: Promise<T>,
  deadline_ms = DEADLINE_MS,
): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`waited ${deadline_ms} ms in vain for ${what}`)),
    deadline_ms,
  );
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(pause_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pause_ms));
}
