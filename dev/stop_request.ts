/** Waiting for somebody who asks the launcher to stop. */

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGTERM", "SIGINT", "SIGHUP"];

/**
 * Resolves with the first signal that asks to stop (a closed terminal, SIGHUP, is one). Further
 * ones change nothing: under `deno task`, one Ctrl-C arrives up to three times, from the terminal
 * and forwarded. The stop that follows is bounded, so nobody has to insist.
 */
export function stopRequest(): Promise<Deno.Signal> {
  const { promise, resolve } = Promise.withResolvers<Deno.Signal>();
  for (const signal of SIGNALS) Deno.addSignalListener(signal, () => resolve(signal));
  return promise;
}
