import { format } from "./_format.ts";
import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/**
 * Throws if the two values are equal, compared deeply.
 *
 * ```ts
 * assertNotEquals(first_id, second_id);
 * ```
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string) {
  if (!equal(actual, expected)) return;
  const sentence = `Expected actual: ${format(actual)} not to be: ${format(expected)}`;
  throw new AssertionError(withReason(sentence, msg));
}
