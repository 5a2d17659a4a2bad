/** Lengths of time, so that `20` alone is never taken for seconds by one and milliseconds by another. */

/** Milliseconds made by {@link ms} or {@link s}. */
export type Duration = number & { readonly __unit: "ms" };

/** `ms(250)`: 250 milliseconds. */
export function ms(count: number): Duration {
  return count as Duration;
}

/** `s(20)`: 20 seconds. */
export function s(count: number): Duration {
  return count * 1000 as Duration;
}

/**
 * As people write it: whole and tenth seconds from one second on, milliseconds below.
 *
 * ```ts
 * durationText(20_000); // "20 s"
 * durationText(7); // "7 ms"
 * ```
 */
export function durationText(duration_ms: number): string {
  if (Math.abs(duration_ms) < 1000) return `${Math.round(duration_ms * 100) / 100} ms`;
  return `${Math.round(duration_ms / 10) / 100} s`;
}
