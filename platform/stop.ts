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
 * Resolves with the first SIGTERM or SIGINT. From then on a second one ends the process at once
 * with 143 or 130: whoever asks twice does not want to wait for a graceful stop. To be called once
 * in a process; waiting does not keep the process alive.
 */
export function onStopSignal(): Promise<StopSignal> {
  const { promise, resolve } = Promise.withResolvers<StopSignal>();
  let is_stopping = false;
  for (const signal of SIGNALS) {
    // One listener for both times: one added while a signal is dispatched would hear that signal.
    Deno.addSignalListener(signal, () => {
      if (is_stopping) Deno.exit(EXIT_CODES[signal]);
      is_stopping = true;
      resolve(signal);
    });
  }
  return promise;
}
