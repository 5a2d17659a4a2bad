import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Throws unless `expected` is a part of `actual`.
 *
 * ```ts
 * assertStringIncludes(problem.detail, "sw-999");
 * ```
 */
export function assertStringIncludes(actual: string, expected: string, msg?: string) {
  if (actual.includes(expected)) return;
  const sentence = `Expected actual: "${actual}" to contain: "${expected}"`;
  throw new AssertionError(withReason(sentence, msg));
}
