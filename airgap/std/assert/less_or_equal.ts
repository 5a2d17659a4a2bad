import { format } from "./_format.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Throws unless `actual` is at most `expected`. `msg` takes the place of the whole message.
 *
 * ```ts
 * assertLessOrEqual(p95_ms, 7);
 * ```
 */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string) {
  if (actual <= expected) return;
  throw new AssertionError(msg ?? `Expect ${format(actual)} <= ${format(expected)}`);
}
