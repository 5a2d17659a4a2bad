/** Longest time scripts that never wait may keep the event loop to themselves, in milliseconds. */
export const BREATHE_EVERY_MS = 10;

/**
 * Makes `World.breathe`: a script without a single real wait runs from promise to promise and
 * would starve timers, signals and progress.
 *
 * @param nextTurn Resolves in a later turn of the event loop, as soon as can be.
 */
export function createBreather(
  now: () => number,
  nextTurn: () => Promise<void>,
): () => Promise<void> | null {
  let breathed_ms = now();
  let breath: Promise<void> | null = null;
  return () => {
    // All VUs wait for the same turn: one that went on would put it off.
    if (breath !== null) return breath;
    if (now() - breathed_ms < BREATHE_EVERY_MS) return null;
    breath = nextTurn().then(() => {
      breath = null;
      breathed_ms = now();
    });
    return breath;
  };
}
