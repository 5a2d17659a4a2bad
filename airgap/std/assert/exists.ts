import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Throws if `actual` is `null` or `undefined`; narrows its type otherwise.
 *
 * ```ts
 * assertExists(response.headers.get("etag"));
 * ```
 */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  if (actual !== undefined && actual !== null) return;
  const sentence = `Expected actual: "${actual}" to not be null or undefined`;
  throw new AssertionError(withReason(sentence, msg));
}
