import { format } from "./_format.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Throws unless `actual` is less than `expected`. `msg` takes the place of the whole message.
 *
 * ```ts
 * assertLess(p95_ms, 7);
 * ```
 */
export function assertLess<T>(actual: T, expected: T, msg?: string) {
  if (actual < expected) return;
  throw new AssertionError(msg ?? `Expect ${format(actual)} < ${format(expected)}`);
}
