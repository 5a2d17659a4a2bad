import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

const TOLERANCE_SHARE_DEFAULT = 1e-7;

/**
 * Throws unless the two numbers lie within `tolerance` of each other; without one, within 1e-7 of
 * `expected`. `NaN` equals `NaN`, and an infinity equals itself.
 *
 * ```ts
 * assertAlmostEquals(percentile(sorted, 0.95), 6.95, 0.01);
 * ```
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
) {
  if (Object.is(actual, expected)) return;
  const delta = Math.abs(expected - actual);
  const delta_max = tolerance ?? Math.abs(expected) * TOLERANCE_SHARE_DEFAULT;
  if (delta <= delta_max) return;
  const sentence =
    `Expected actual: "${shortest(actual)}" to be close to "${shortest(expected)}": ` +
    `delta "${shortest(delta)}" is greater than "${shortest(delta_max)}"`;
  throw new AssertionError(withReason(sentence, msg));
}

/** Integers in full, everything else as digits and an exponent. */
function shortest(value: number): string {
  return Number.isInteger(value) ? `${value}` : value.toExponential();
}
