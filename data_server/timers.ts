/** Timers as a function that is handed in, so that a test can let hours pass in no time. */

/**
 * Calls `callback` once, `delay_ms` from now.
 *
 * @returns Cancels the call; does nothing once it has been made.
 */
export type Timer = (delay_ms: number, callback: () => void) => () => void;

/**
 * The runtime's timer.
 *
 * ```ts
 * const cancel = systemTimer(500, () => {});
 * cancel();
 * ```
 */
export const systemTimer: Timer = (delay_ms, callback) => {
  const id = setTimeout(callback, delay_ms);
  return () => clearTimeout(id);
};
