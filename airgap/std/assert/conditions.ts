/** Assertions on one condition. */

import { AssertionError, format, withReason } from "./failure.ts";

/** Tolerance of `assertAlmostEquals` as a share of a finite expected value, else as it is. */
const TOLERANCE_DEFAULT = 1e-7;

type Falsy = false | 0 | 0n | "" | null | undefined;

/** Throws an `AssertionError` with `msg` unless `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/** Throws an `AssertionError` with `msg` if `expr` is truthy. */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/** Throws unless `actual > expected`. `msg` replaces the whole message. */
export function assertGreater<T>(actual: T, expected: T, msg?: string) {
  if (actual > expected) return;
  throw new AssertionError(msg ?? `Expect ${format(actual)} > ${format(expected)}`);
}

/** Throws unless `actual < expected`. `msg` replaces the whole message. */
export function assertLess<T>(actual: T, expected: T, msg?: string) {
  if (actual < expected) return;
  throw new AssertionError(msg ?? `Expect ${format(actual)} < ${format(expected)}`);
}

/** Throws unless `actual <= expected`. `msg` replaces the whole message. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string) {
  if (actual <= expected) return;
  throw new AssertionError(msg ?? `Expect ${format(actual)} <= ${format(expected)}`);
}

/**
 * Throws unless the two numbers differ by at most `tolerance`, by default 1e-7 of `expected`.
 * `NaN` equals only `NaN`, and an infinity only itself, unless the tolerance is infinite.
 */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
) {
  if (Object.is(actual, expected)) return;
  const delta = Math.abs(expected - actual);
  const share = Number.isFinite(expected) ? Math.abs(expected) : 1;
  const delta_max = tolerance === undefined ? share * TOLERANCE_DEFAULT : tolerance;
  if (delta <= delta_max) return;
  const sentence =
    `Expected actual: "${shortest(actual)}" to be close to "${shortest(expected)}": ` +
    `delta "${shortest(delta)}" is greater than "${shortest(delta_max)}"`;
  throw new AssertionError(withReason(sentence, msg));
}

/** Integers in full, other numbers in exponential notation. */
function shortest(value: number): string {
  return Number.isInteger(value) ? `${value}` : value.toExponential();
}

/** Throws unless the pattern matches a part of `actual`. */
export function assertMatch(actual: string, expected: RegExp, msg?: string) {
  if (expected.test(actual)) return;
  throw new AssertionError(withReason(`Expected actual: "${actual}" to match: "${expected}"`, msg));
}

/** Throws if the pattern matches a part of `actual`. */
export function assertNotMatch(actual: string, expected: RegExp, msg?: string) {
  if (!expected.test(actual)) return;
  const sentence = `Expected actual: "${actual}" to not match: "${expected}"`;
  throw new AssertionError(withReason(sentence, msg));
}

/** Throws unless `expected` is a part of `actual`. */
export function assertStringIncludes(actual: string, expected: string, msg?: string) {
  if (actual.includes(expected)) return;
  const sentence = `Expected actual: "${actual}" to contain: "${expected}"`;
  throw new AssertionError(withReason(sentence, msg));
}

/** Throws unless `actual` is an instance of `expectedType` or of a subclass. */
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
