/** Waits for the signal that stops the process. */

/** Signals that stop a service. */
export type StopSignal = "SIGTERM" | "SIGINT" | "SIGHUP";

/** 128 + the signal's number, as shells report it. */
const EXIT_CODES: Record<StopSignal, number> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Windows has no SIGTERM and no SIGHUP; listening for them throws. */
const SIGNALS: readonly StopSignal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGTERM", "SIGINT", "SIGHUP"];

/**
 * Signals within this time of the first one count as the same one: Ctrl-C reaches the whole process
 * group, and `deno task` forwards it again.
 */
export const STOP_REPEAT_MS = 500;

/**
 * Resolves with the first SIGTERM, SIGINT or SIGHUP (the terminal was closed). A second signal more
 * than {@link STOP_REPEAT_MS} later ends the process at once with 143, 130 or 129. Call it once per
 * process; waiting does not keep it alive.
 */
export function onStopSignal(): Promise<StopSignal> {
  const { promise, resolve } = Promise.withResolvers<StopSignal>();
  let first_ms = NaN;
  for (const signal of SIGNALS) {
    // One listener for all signals: one added during the first would receive it, too.
    Deno.addSignalListener(signal, () => {
      const now_ms = performance.now();
      if (now_ms - first_ms > STOP_REPEAT_MS) Deno.exit(EXIT_CODES[signal]);
      if (Number.isNaN(first_ms)) first_ms = now_ms;
      resolve(signal);
    });
  }
  return promise;
}
