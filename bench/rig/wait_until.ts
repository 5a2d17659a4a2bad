/** Polls a condition with a deadline. */

const POLL_MS = 5;

/**
 * Resolves with the first value that is not null. What `attempt` throws counts as "not yet", and
 * is the cause told where time runs out.
 *
 * @throws {Error} naming what was waited for and for how long.
 */
export async function waitUntil<T>(
  what: string,
  timeout_ms: number,
  attempt: () => Promise<T | null>,
  poll_ms = POLL_MS,
): Promise<T> {
  const end_ms = performance.now() + timeout_ms;
  let cause: unknown;
  do {
    try {
      const value = await attempt();
      if (value !== null) return value;
    } catch (error) {
      cause = error;
    }
    await new Promise((resolve) => setTimeout(resolve, poll_ms));
  } while (performance.now() < end_ms);
  throw new Error(`Waited ${timeout_ms} ms for ${what} in vain`, { cause });
}
