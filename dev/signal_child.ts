/** Signals for a child process that may have ended by itself this very moment. */

/**
 * Sends the signal; does nothing where the child has ended. Only the system knows that for sure:
 * whether `child.status` has resolved tells it late.
 *
 * ```ts
 * const child = new Deno.Command("true").spawn();
 * await child.status;
 * signalChild(child, "SIGTERM"); // nothing
 * ```
 */
export function signalChild(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    const has_ended = error instanceof Deno.errors.NotFound ||
      (error instanceof TypeError && error.message.includes("already terminated"));
    if (!has_ended) throw error;
  }
}
