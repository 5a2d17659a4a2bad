/** Time as a value that is handed in, so that what depends on it can be tested without waiting. */

/** The two clocks a service needs. */
export interface Clock {
  /** Wall clock: milliseconds since 1970-01-01T00:00:00Z. May step when the machine's clock is set. */
  epoch_ms(): number;
  /** Milliseconds since an arbitrary start, with fractions. Never goes back: for durations. */
  monotonic_ms(): number;
}

/** The machine's clocks. */
export const systemClock: Clock = {
  epoch_ms: () => Date.now(),
  monotonic_ms: () => performance.now(),
};
