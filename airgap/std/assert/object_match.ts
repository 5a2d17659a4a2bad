import { assertEquals } from "./equals.ts";

/**
 * Throws unless `actual` holds everything that `expected` names, at any depth; what `expected` does
 * not name is not looked at. Arrays, maps and sets may hold more than is expected of them; members
 * of a set and keys of a map are found by identity.
 *
 * ```ts
 * assertObjectMatch(line, { event: "poll.run", status: 200 });
 * ```
 */
export function assertObjectMatch(
  // A record of anything cannot be written without `any`: interfaces have no index signature.
  // deno-lint-ignore no-explicit-any
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  if (actual === null || (typeof actual !== "object" && typeof actual !== "function")) {
    throw new TypeError(
      `Cannot assertObjectMatch ${actual === null ? "null" : `type ${typeof actual}`}`,
    );
  }
  const part = namedProperties(actual, expected, new Map());
  assertEquals(part, namedProperties(expected, expected, new Map()), msg);
}

/** Pairs under comparison, so that a cycle ends. */
type Pairs = Map<object, object>;

/** The part of `actual` that `expected` names, classes taken off. */
function namedPart(actual: unknown, expected: unknown, pairs: Pairs): unknown {
  if (!isContainer(actual) || !isContainer(expected)) return actual;
  if (pairs.get(actual) === expected) return actual;
  if (Array.isArray(actual) && Array.isArray(expected)) {
    pairs.set(actual, expected);
    return Array.from(
      { length: Math.min(actual.length, expected.length) },
      (_, i) => namedPart(actual[i], expected[i], pairs),
    );
  }
  if (actual instanceof Map && expected instanceof Map) {
    pairs.set(actual, expected);
    const shared = [...expected].filter(([key]) => actual.has(key));
    return new Map(shared.map(([key, value]) => [key, namedPart(actual.get(key), value, pairs)]));
  }
  if (actual instanceof Set && expected instanceof Set) return expected.intersection(actual);
  return namedProperties(actual, expected, pairs);
}

function namedProperties(actual: object, expected: object, pairs: Pairs): object {
  pairs.set(actual, expected);
  const shared = Reflect.ownKeys(expected).filter((key) => Object.hasOwn(actual, key));
  // With nothing in common the whole object says more about the failure than `{}`.
  if (shared.length === 0 && Reflect.ownKeys(expected).length > 0) return { ...actual };
  const part: Record<PropertyKey, unknown> = {};
  for (const key of shared) {
    part[key] = namedPart(Reflect.get(actual, key), Reflect.get(expected, key), pairs);
  }
  return part;
}

/** What is compared part by part; a date or a pattern is compared whole. */
function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Date) &&
    !(value instanceof RegExp);
}
