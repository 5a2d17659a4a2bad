/** The assertions that are a condition and a sentence: each passes, fails, and says why. */

import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertIsError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
  fail,
  unreachable,
} from "@std/assert";
import { failureMessage } from "./_failure_message.ts";

class Source {}

/** A call, and the message with which it fails; `null` if it passes. */
type Case = [call: () => void, message: string | null];

const CASES: Record<string, readonly Case[]> = {
  assert: [
    [() => assert(1), null],
    [() => assert(0), ""],
    [() => assert(false, "no rows"), "no rows"],
  ],
  assertFalse: [
    [() => assertFalse(""), null],
    [() => assertFalse(1), ""],
    [() => assertFalse(true, "open"), "open"],
  ],
  assertExists: [
    [() => assertExists(0), null],
    [() => assertExists(null), 'Expected actual: "null" to not be null or undefined.'],
    [
      () => assertExists(undefined, "etag"),
      'Expected actual: "undefined" to not be null or undefined: etag',
    ],
  ],
  fail: [
    [() => fail(), "Failed assertion."],
    [() => fail("answered"), "Failed assertion: answered"],
  ],
  unreachable: [
    [() => unreachable(), "Unreachable."],
    [() => unreachable("state 9"), "Unreachable: state 9"],
  ],
  assertGreater: [
    [() => assertGreater(2, 1), null],
    [() => assertGreater(1, 1), "Expect 1 > 1"],
    [() => assertGreater(1, 2, "rate"), "rate"],
  ],
  assertGreaterOrEqual: [
    [() => assertGreaterOrEqual(1, 1), null],
    [() => assertGreaterOrEqual(1, 2), "Expect 1 >= 2"],
  ],
  assertLess: [
    [() => assertLess("a", "b"), null],
    [() => assertLess(1n, 1n), "Expect 1n < 1n"],
  ],
  assertLessOrEqual: [
    [() => assertLessOrEqual(1, 1), null],
    [() => assertLessOrEqual(NaN, 1), "Expect NaN <= 1"],
  ],
  assertAlmostEquals: [
    [() => assertAlmostEquals(1_000_000, 1_000_000.05), null],
    [() => assertAlmostEquals(6.9, 7, 0.1 + 1e-9), null],
    [() => assertAlmostEquals(NaN, NaN), null],
    [() => assertAlmostEquals(-Infinity, -Infinity), null],
    [
      () => assertAlmostEquals(1, 2),
      'Expected actual: "1" to be close to "2": delta "1" is greater than "2e-7".',
    ],
    [
      () => assertAlmostEquals(1e-8, 1e-9, undefined, "skew"),
      'Expected actual: "1e-8" to be close to "1e-9": delta "9e-9" is greater than "1e-16": skew',
    ],
    [
      () => assertAlmostEquals(NaN, 1, 0.5),
      'Expected actual: "NaN" to be close to "1": delta "NaN" is greater than "5e-1".',
    ],
  ],
  assertMatch: [
    [() => assertMatch("sw-000", /^sw-\d+$/), null],
    [() => assertMatch("x", /y/i, "id"), 'Expected actual: "x" to match: "/y/i": id'],
  ],
  assertNotMatch: [
    [() => assertNotMatch("x", /y/), null],
    [() => assertNotMatch("x", /x/), 'Expected actual: "x" to not match: "/x/".'],
  ],
  assertStringIncludes: [
    [() => assertStringIncludes("a,b", ","), null],
    [() => assertStringIncludes("ab", ","), 'Expected actual: "ab" to contain: ",".'],
  ],
  assertArrayIncludes: [
    [() => assertArrayIncludes([{ a: 1 }, { b: 1 }], [{ b: 1 }]), null],
    [() => assertArrayIncludes(new Uint8Array([1, 2]), [2]), null],
    [
      () => assertArrayIncludes([1, 2], [2, 3], "fields"),
      'Expected actual: "[\n  1,\n  2,\n]" to include: "[\n  2,\n  3,\n]": fields\n' +
      "missing: [\n  3,\n]",
    ],
  ],
  assertInstanceOf: [
    [() => assertInstanceOf(new TypeError("x"), Error), null],
    [
      () => assertInstanceOf(new Date(0), Source),
      'Expected object to be an instance of "Source" but was "Date".',
    ],
    [
      () => assertInstanceOf("text", String, "name"),
      'Expected object to be an instance of "String" but was "string": name',
    ],
    [
      () => assertInstanceOf(null, Source),
      'Expected object to be an instance of "Source" but was "null".',
    ],
    [
      () => assertInstanceOf(() => {}, Source),
      'Expected object to be an instance of "Source" but was not an instanced object.',
    ],
    [
      () => assertInstanceOf(Object.create(null), Source),
      'Expected object to be an instance of "Source" but was "Object".',
    ],
  ],
  assertIsError: [
    [() => assertIsError(new TypeError("reset by peer"), Error, /peer$/), null],
    [() => assertIsError("text"), 'Expected "error" to be an Error object.'],
    [
      () => assertIsError(new Error("x"), Error, /y/, "why"),
      'Expected error message to include /y/, but got "x": why',
    ],
  ],
};

for (const [name, cases] of Object.entries(CASES)) {
  cases.forEach(([call, message], i) => {
    const promise = message === null ? "passes" : `fails with ${JSON.stringify(message)}`;
    Deno.test(`${name}() ${promise} (case ${i + 1})`, () => {
      assertEquals(failureMessage(call), message);
    });
  });
}

Deno.test("AssertionError carries its name and its cause", () => {
  const error = new AssertionError("no rows", { cause: 5 });
  assertEquals([error.name, error.message, error.cause], ["AssertionError", "no rows", 5]);
  assertInstanceOf(error, Error);
});
