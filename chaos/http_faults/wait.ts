/** Waiting that ends early. */

/** Waits, but no longer than until one of the signals aborts. */
export function waitFor(wait_ms: number, ...signals: AbortSignal[]): Promise<void> {
  if (signals.some((signal) => signal.aborted)) return Promise.resolve();
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

/** Resolves when the signal aborts; `stop` lets go of it. */
export function aborted(signal: AbortSignal): { promise: Promise<void>; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  if (signal.aborted) end();
  else signal.addEventListener("abort", end);
  return { promise, stop: () => signal.removeEventListener("abort", end) };
}
