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
