import { checkError, type ErrorClass, expectedError } from "./_expected_error.ts";
import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Throws unless `fn` throws; returns what it threw. A rejected promise is no throw: see
 * `assertRejects`.
 *
 * ```ts
 * const error = assertThrows(() => readConfig(spec, { PORT: "x" }), ConfigError, "PORT=x");
 * ```
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** As above, for an error of `ErrorClass` whose message holds `msgIncludes`. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  class_or_msg?: ErrorClass | string,
  msg_includes_or_msg?: string,
  msg?: string,
): unknown {
  const expected = expectedError(class_or_msg, msg_includes_or_msg, msg);
  try {
    fn();
  } catch (error) {
    checkError(error, expected, "thrown");
    return error;
  }
  throw new AssertionError(withReason("Expected function to throw", expected.msg));
}
