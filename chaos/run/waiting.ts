/** Waits that end early when the run is asked to end. */

/** Resolves after that time, or as soon as the signal is given; never rejects. */
export function pause(wait_ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted || wait_ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, wait_ms);
    signal?.addEventListener("abort", done);
  });
}

/** How often a condition is looked at, in milliseconds. */
const LOOK_EVERY_MS = 20;

/** Whether the condition came true in time and before the signal. */
export async function until(
  condition: () => boolean,
  wait_ms_max: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const end_ms = performance.now() + wait_ms_max;
  while (!condition()) {
    if (signal?.aborted || performance.now() >= end_ms) return false;
    await pause(LOOK_EVERY_MS, signal);
  }
  return true;
}

/**
 * The promise, or an error where it takes longer.
 *
 * @param what `lifting 1-tcp.refuse`
 */
export async function within<T>(
  promise: Promise<T>,
  wait_ms_max: number,
  what: string,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} took longer than ${wait_ms_max} ms`)),
      wait_ms_max,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What an error says, or what was thrown instead of one. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
