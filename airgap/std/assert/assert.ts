import { AssertionError } from "./assertion_error.ts";

/**
 * Throws an {@linkcode AssertionError} with `msg` unless `expr` is truthy.
 *
 * ```ts
 * assert(rows.length > 0, "the sample has no rows");
 * ```
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}
