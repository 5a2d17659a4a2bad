import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Throws if the pattern is found in `actual`.
 *
 * ```ts
 * assertNotMatch(line, /\n/);
 * ```
 */
export function assertNotMatch(actual: string, expected: RegExp, msg?: string) {
  if (!expected.test(actual)) return;
  const sentence = `Expected actual: "${actual}" to not match: "${expected}"`;
  throw new AssertionError(withReason(sentence, msg));
}
