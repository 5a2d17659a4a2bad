import { assertEquals, assertLess, assertNotEquals, assertStrictEquals } from "@std/assert";
import { failureMessage } from "./testing/failure_message.ts";

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

Deno.test("assertEquals() keeps lines that only moved", () => {
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

Deno.test("assertEquals() compares texts line by line and shows line ends", () => {
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

Deno.test("assertEquals() shows values that differ only in type", () => {
  assertStrictEquals(
    failureMessage(() => assertEquals<unknown>(1, "1")),
    `Values are not equal.${HEADING}-   1\n+   "1"\n`,
  );
});

Deno.test("assertNotEquals() fails for equal values and shows them", () => {
  assertStrictEquals(failureMessage(() => assertNotEquals(1, 2)), null);
  assertStrictEquals(
    failureMessage(() => assertNotEquals({ a: 1 }, { a: 1 }, "ids")),
    "Expected actual: {\n  a: 1,\n} not to be: {\n  a: 1,\n}: ids",
  );
});

Deno.test("assertStrictEquals() takes NaN for itself and 0 and -0 for different", () => {
  assertEquals(failureMessage(() => assertStrictEquals(NaN, NaN)), null);
  assertEquals(
    failureMessage(() => assertStrictEquals(0, -0)),
    `Values are not strictly equal.${HEADING}-   0\n+   -0\n`,
  );
});

Deno.test("assertStrictEquals() reports that two objects only look the same", () => {
  assertEquals(
    failureMessage(() => assertStrictEquals({ a: 1 }, { a: 1 }, "pointer")),
    "Values have the same structure but are not reference-equal: pointer\n\n" +
      "    {\n      a: 1,\n    }\n",
  );
});

/** Edits in the message of `assertEquals` for two lists: ` kept`, `-removed`, `+added`. */
function editsOf(from: readonly string[], to: readonly string[]): string[] {
  const message = failureMessage(() => assertEquals(from, to)) ?? "";
  return [...message.matchAll(/^([-+ ]) +"(.*)",$/gm)].map(([, kind, text]) => kind + text);
}

Deno.test("assertEquals() shows additions and removals between common lines", () => {
  assertEquals(editsOf([..."abcdx"], [..."aXcdY"]).join("|"), " a|-b|+X| c| d|-x|+Y");
  assertEquals(editsOf([], ["a"]), ["+a"]);
  assertEquals(editsOf(["a"], []), ["-a"]);
});

Deno.test("assertEquals() shows all of a difference too large to compare", () => {
  const from = Array.from({ length: 3_000 }, (_, i) => `old ${i}`);
  const to = Array.from({ length: 3_000 }, (_, i) => `new ${i}`);
  from[10] = to[20] = "in the middle of both";
  const edits = editsOf(["same", ...from, "end"], ["same", ...to, "end"]);
  assertEquals([edits[0], edits.at(-1)], [" same", " end"]);
  const side = (kind: string) =>
    edits.filter((edit) => edit[0] === " " || edit[0] === kind).map((edit) => edit.slice(1));
  assertEquals([side("-"), side("+")], [["same", ...from, "end"], ["same", ...to, "end"]]);
});

Deno.test("assertEquals() shows edits that turn one list into the other", () => {
  const letters = ["abcabba", "cbabac", "aaaa", "ba", "", "abcbabcb"];
  for (const a of letters) {
    for (const b of letters) {
      if (a === b) continue;
      const edits = editsOf([...a], [...b]);
      const side = (kind: string) =>
        edits.filter((edit) => edit[0] === " " || edit[0] === kind)
          .map((edit) => edit.slice(1)).join("");
      assertEquals([side("-"), side("+")], [a, b]);
      assertLess(edits.length, a.length + b.length + 1);
    }
  }
});

Deno.test("assertEquals() takes little memory for a long value beside a short one", () => {
  const numbers = (length: number, first: number) => Array.from({ length }, (_, i) => first + i);
  const message = failureMessage(() => assertEquals(numbers(70_000, 0), numbers(40, 100_000)));
  assertEquals([message?.includes("-     69999,"), message?.includes("+     100039,")], [
    true,
    true,
  ]);
});
