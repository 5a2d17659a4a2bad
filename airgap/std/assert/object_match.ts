import { assertEquals } from "./equals.ts";

/**
 * Throws unless `actual` holds everything that `expected` names, at any depth; what `expected` does
 * not name is not looked at. Arrays, maps and sets may hold more than is expected of them.
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
  assertEquals(
    namedPart(actual, expected, new Map()),
    namedPart(expected, expected, new Map()),
    msg,
  );
}

/** Copies under construction, so that a cycle becomes the same cycle in the copy. */
type Copies = Map<object, unknown>;

/** The part of `actual` that `expected` names, as plain arrays and objects. */
function namedPart(actual: unknown, expected: unknown, copies: Copies): unknown {
  if (!isContainer(actual) || !isContainer(expected)) return actual;
  const known = copies.get(actual);
  if (known !== undefined) return known;
  if (actual instanceof Map && expected instanceof Map) return mapPart(actual, expected, copies);
  if (actual instanceof Set && expected instanceof Set) return actual.intersection(expected);
  const copy = Array.isArray(actual) ? [] : {};
  copies.set(actual, copy);
  for (const key of Reflect.ownKeys(expected)) {
    if (!Object.hasOwn(actual, key)) continue;
    const part = namedPart(Reflect.get(actual, key), Reflect.get(expected, key), copies);
    Reflect.set(copy, key, part);
  }
  return copy;
}

function mapPart(
  actual: Map<unknown, unknown>,
  expected: Map<unknown, unknown>,
  copies: Copies,
): Map<unknown, unknown> {
  const copy = new Map();
  copies.set(actual, copy);
  for (const [key, value] of expected) {
    if (actual.has(key)) copy.set(key, namedPart(actual.get(key), value, copies));
  }
  return copy;
}

/** What is compared part by part; a date or a pattern is compared whole. */
function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Date) &&
    !(value instanceof RegExp);
}
