/** Clocks as a parameter, so that tests need not wait. */

export interface Clock {
  /** Wall clock: milliseconds since 1970. Jumps when the machine's clock is set. */
  epoch_ms(): number;
  /** Milliseconds since an arbitrary start, with fractions; never goes back. For durations. */
  monotonic_ms(): number;
}

export const systemClock: Clock = {
  epoch_ms: () => Date.now(),
  monotonic_ms: () => performance.now(),
};
