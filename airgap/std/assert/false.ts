import { AssertionError } from "./assertion_error.ts";

/** Every type of value that `if` takes for no. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/**
 * Throws an {@linkcode AssertionError} with `msg` if `expr` is truthy.
 *
 * ```ts
 * assertFalse(breaker.open);
 * ```
 */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}
