/** Waiting for the signal that stops a service. */

/** Signals that ask a service to stop. */
export type StopSignal = "SIGTERM" | "SIGINT";

/** 128 + the signal's number: the exit code shells report for a process ended by that signal. */
const EXIT_CODES: Record<StopSignal, number> = { SIGINT: 130, SIGTERM: 143 };

/** Windows knows no SIGTERM, and listening for one throws there. */
const SIGNALS: readonly StopSignal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGTERM", "SIGINT"];

/**
 * Signals within this time of the first one are the same request: a Ctrl-C reaches the whole process
 * group, and `deno task` hands it on once more.
 */
export const STOP_REPEAT_MS = 500;

/**
 * Resolves with the first SIGTERM or SIGINT. One that comes more than {@link STOP_REPEAT_MS} later ends
 * the process at once with 143 or 130: whoever asks twice does not want to wait for a graceful stop.
 * To be called once in a process; waiting does not keep the process alive.
 */
export function onStopSignal(): Promise<StopSignal> {
  const { promise, resolve } = Promise.withResolvers<StopSignal>();
  let asked_ms = NaN;
  for (const signal of SIGNALS) {
    // One listener for both times: one added while a signal is dispatched would hear that signal.
    Deno.addSignalListener(signal, () => {
      const now_ms = performance.now();
      if (now_ms - asked_ms > STOP_REPEAT_MS) Deno.exit(EXIT_CODES[signal]);
      if (Number.isNaN(asked_ms)) asked_ms = now_ms;
      resolve(signal);
    });
  }
  return promise;
}
