import { differenceOf } from "./_diff.ts";
import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/**
 * Throws, showing the lines that differ, unless the two values are equal, compared deeply.
 *
 * ```ts
 * assertEquals(await response.json(), { ok: true });
 * ```
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string) {
  if (equal(actual, expected)) return;
  const sentence = withReason("Values are not equal", msg);
  throw new AssertionError(`${sentence}\n${differenceOf(actual, expected)}`);
}
