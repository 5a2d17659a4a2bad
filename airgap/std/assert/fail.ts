import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Always throws: for a branch that a passing test does not enter.
 *
 * ```ts
 * fail("the second request was answered");
 * ```
 */
export function fail(msg?: string): never {
  throw new AssertionError(withReason("Failed assertion", msg));
}
