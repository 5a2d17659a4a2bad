import { withReason } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Throws unless `actual` was made by `expectedType` or by a class that extends it.
 *
 * ```ts
 * assertInstanceOf(error, ConfigError);
 * ```
 */
// A constructor type that takes any arguments cannot be written without `any`.
// deno-lint-ignore no-explicit-any
export function assertInstanceOf<T extends abstract new (...args: any[]) => any>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  const wanted = `Expected object to be an instance of "${expectedType.name}"`;
  throw new AssertionError(withReason(wanted + butWas(actual, expectedType.name), msg));
}

function butWas(actual: unknown, expected_name: string): string {
  if (actual === null || (typeof actual !== "object" && typeof actual !== "function")) {
    return ` but was "${actual === null ? "null" : typeof actual}"`;
  }
  if (typeof actual === "function") return " but was not an instanced object";
  const name = actual.constructor?.name ?? "Object";
  return name === expected_name ? "" : ` but was "${name}"`;
}
