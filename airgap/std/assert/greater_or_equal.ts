import { format } from "./_format.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Throws unless `actual` is at least `expected`. `msg` takes the place of the whole message.
 *
 * ```ts
 * assertGreaterOrEqual(rate, bound);
 * ```
 */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string) {
  if (actual >= expected) return;
  throw new AssertionError(msg ?? `Expect ${format(actual)} >= ${format(expected)}`);
}
