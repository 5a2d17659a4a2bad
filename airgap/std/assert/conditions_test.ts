import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertFalse,
  assertGreater,
  assertInstanceOf,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { failureMessage } from "./testing/failure_message.ts";

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
  assertGreater: [
    [() => assertGreater(2, 1), null],
    [() => assertGreater(1, 1), "Expect 1 > 1"],
    [() => assertGreater(1, 2, "rate"), "rate"],
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
    ...[[0, Infinity], [0, -Infinity], [-Infinity, Infinity], [1e308, Infinity]].map((
      [actual, expected],
    ): Case => [
      () => assertAlmostEquals(actual, expected),
      `Expected actual: "${actual}" to be close to "${expected}": ` +
      'delta "Infinity" is greater than "1e-7".',
    ]),
    [
      () => assertAlmostEquals(Infinity, 0),
      'Expected actual: "Infinity" to be close to "0": delta "Infinity" is greater than "0".',
    ],
    [
      () => assertAlmostEquals(0, Infinity, 5, "rate"),
      'Expected actual: "0" to be close to "Infinity": delta "Infinity" is greater than "5": rate',
    ],
    [() => assertAlmostEquals(0, Infinity, Infinity), null],
    [() => assertAlmostEquals(0, -0), null],
    [() => assertAlmostEquals(0.5, 0.5, 0), null],
    [
      () => assertAlmostEquals(0, 1e-320, 0),
      'Expected actual: "0" to be close to "1e-320": delta "1e-320" is greater than "0".',
    ],
    [() => assertAlmostEquals(1, 1, -1), null],
    [
      () => assertAlmostEquals(1, -0, -1),
      'Expected actual: "1" to be close to "0": delta "1" is greater than "-1".',
    ],
    [
      () => assertAlmostEquals(1, 1.5, NaN),
      'Expected actual: "1" to be close to "1.5e+0": delta "5e-1" is greater than "NaN".',
    ],
    [
      () => assertAlmostEquals(1, NaN),
      'Expected actual: "1" to be close to "NaN": delta "NaN" is greater than "1e-7".',
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
};

for (const [name, cases] of Object.entries(CASES)) {
  cases.forEach(([call, message], i) => {
    const promise = message === null ? "passes" : `fails with ${JSON.stringify(message)}`;
    Deno.test(`${name}() ${promise} (case ${i + 1})`, () => {
      assertEquals(failureMessage(call), message);
    });
  });
}

Deno.test("A failed assertion throws an error named AssertionError", () => {
  const error = assertThrows(() => assert(false, "no rows"), Error);
  assertEquals([error.name, error.message], ["AssertionError", "no rows"]);
});
