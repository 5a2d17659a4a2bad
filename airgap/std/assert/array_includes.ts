import { format } from "./_format.ts";
import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/** An array, a typed array, `arguments`: what has a length and indices, and is no string. */
export type ArrayLikeArg<T> = ArrayLike<T> & object;

/**
 * Throws unless each value of `expected` equals some value of `actual`, in any order.
 *
 * ```ts
 * assertArrayIncludes(fields, ["bandwidth_gbps"]);
 * ```
 */
export function assertArrayIncludes<T>(
  actual: ArrayLikeArg<T>,
  expected: ArrayLikeArg<T>,
  msg?: string,
) {
  const held = Array.from(actual);
  const missing = Array.from(expected).filter((wanted) => !held.some((one) => equal(wanted, one)));
  if (missing.length === 0) return;
  const sentence = `Expected actual: "${format(actual)}" to include: "${format(expected)}"`;
  throw new AssertionError(`${withReason(sentence, msg)}\nmissing: ${format(missing)}`);
}
