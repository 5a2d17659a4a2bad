import {
  assertEquals,
  assertNotEquals,
  assertNotStrictEquals,
  assertStrictEquals,
} from "@std/assert";
import { failureMessage } from "./_failure_message.ts";

const HEADING = "\n\n\n    [Diff] Actual / Expected\n\n\n";

Deno.test("assertEquals() passes for values that are equal without being the same", () => {
  assertStrictEquals(failureMessage(() => assertEquals({ a: [1, NaN] }, { a: [1, NaN] })), null);
});

Deno.test("assertEquals() shows both values under its first sentence", () => {
  assertStrictEquals(
    failureMessage(() => assertEquals(1, 2)),
    `Values are not equal.${HEADING}-   1\n+   2\n`,
  );
});

Deno.test("assertEquals() puts the caller's words into its first sentence", () => {
  assertStrictEquals(
    failureMessage(() => assertEquals(1, 2, "rows left")),
    `Values are not equal: rows left${HEADING}-   1\n+   2\n`,
  );
});

Deno.test("assertEquals() marks only the lines of an object that differ", () => {
  const message = failureMessage(() =>
    assertEquals({ id: "a", values: [1, 2, { deep: 3 }] }, { values: [1, 2, { deep: 4 }], id: "a" })
  );
  assertStrictEquals(
    message,
    `Values are not equal.${HEADING}` +
      '    {\n      id: "a",\n      values: [\n        1,\n        2,\n        {\n' +
      "-         deep: 3,\n+         deep: 4,\n        },\n      ],\n    }\n",
  );
});

Deno.test("assertEquals() keeps lines that were only moved along", () => {
  assertStrictEquals(
    failureMessage(() => assertEquals([1, 2, 3, 4], [1, 3, 4, 5])),
    `Values are not equal.${HEADING}` +
      "    [\n      1,\n-     2,\n      3,\n      4,\n+     5,\n    ]\n",
  );
});

Deno.test("assertEquals() shows a long list in full", () => {
  const numbers = Array.from({ length: 300 }, (_, i) => i);
  const message = failureMessage(() => assertEquals(numbers, numbers.with(150, -1)))!;
  assertStrictEquals(message.includes("-     150,\n+     -1,\n"), true);
  assertStrictEquals(message.includes("\n      299,\n"), true);
});

Deno.test("assertEquals() compares texts line by line and shows what ends a line", () => {
  assertStrictEquals(
    failureMessage(() => assertEquals("a\nb\tx\nc", "a\nB\tx\nc")),
    `Values are not equal.${HEADING}    a\\n\n-   b\\tx\\n\n+   B\\tx\\n\n    c\n\n`,
  );
});

Deno.test("assertEquals() shows that one text ends in a newline and the other does not", () => {
  assertStrictEquals(
    failureMessage(() => assertEquals("a\n", "a")),
    `Values are not equal.${HEADING}-   a\\n\n-   \n+   a\n\n`,
  );
});

Deno.test("assertEquals() tells values apart that differ only in type", () => {
  assertStrictEquals(
    failureMessage(() => assertEquals<unknown>(1, "1")),
    `Values are not equal.${HEADING}-   1\n+   "1"\n`,
  );
});

Deno.test("assertNotEquals() fails for equal values and says which", () => {
  assertStrictEquals(failureMessage(() => assertNotEquals(1, 2)), null);
  assertStrictEquals(
    failureMessage(() => assertNotEquals({ a: 1 }, { a: 1 }, "ids")),
    "Expected actual: {\n  a: 1,\n} not to be: {\n  a: 1,\n}: ids",
  );
});

Deno.test("assertStrictEquals() takes NaN for itself and tells 0 from -0", () => {
  assertEquals(failureMessage(() => assertStrictEquals(NaN, NaN)), null);
  assertEquals(
    failureMessage(() => assertStrictEquals(0, -0)),
    `Values are not strictly equal.${HEADING}-   0\n+   -0\n`,
  );
});

Deno.test("assertStrictEquals() says when two objects only look the same", () => {
  assertEquals(
    failureMessage(() => assertStrictEquals({ a: 1 }, { a: 1 }, "pointer")),
    "Values have the same structure but are not reference-equal: pointer\n\n" +
      "    {\n      a: 1,\n    }\n",
  );
});

Deno.test("assertNotStrictEquals() fails only for one and the same value", () => {
  assertEquals(failureMessage(() => assertNotStrictEquals({}, {})), null);
  assertEquals(
    failureMessage(() => assertNotStrictEquals(1, 1)),
    'Expected "actual" to not be strictly equal to: 1.\n',
  );
});
