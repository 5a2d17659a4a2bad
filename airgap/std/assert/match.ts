import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Throws unless the pattern is found in `actual`.
 *
 * ```ts
 * assertMatch(etag, /^"[0-9a-z-]+"$/);
 * ```
 */
export function assertMatch(actual: string, expected: RegExp, msg?: string) {
  if (expected.test(actual)) return;
  throw new AssertionError(withReason(`Expected actual: "${actual}" to match: "${expected}"`, msg));
}
