import { format } from "./_format.ts";
import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Throws if the two are the same value or the same object.
 *
 * ```ts
 * assertNotStrictEquals(after.body, before.body);
 * ```
 */
export function assertNotStrictEquals<T>(actual: T, expected: T, msg?: string) {
  if (!Object.is(actual, expected)) return;
  const sentence = `Expected "actual" to not be strictly equal to: ${format(actual)}`;
  throw new AssertionError(`${withReason(sentence, msg)}\n`);
}
