/** Option `rps`: requests leave evenly spaced, over all VUs. */

/**
 * Null where a request may leave at once, else what to await before.
 *
 * @param rate_per_s 0: no limit.
 * @param sleep Resolves after so many milliseconds.
 */
export function createRateLimit(
  rate_per_s: number,
  now: () => number,
  sleep: (duration_ms: number) => Promise<void>,
): () => Promise<void> | null {
  if (rate_per_s === 0) return () => null;
  const gap_ms = 1000 / rate_per_s;
  let next_ms = -Infinity;
  return () => {
    const now_ms = now();
    const due_ms = Math.max(now_ms, next_ms);
    next_ms = due_ms + gap_ms;
    return due_ms <= now_ms ? null : sleep(due_ms - now_ms);
  };
}
