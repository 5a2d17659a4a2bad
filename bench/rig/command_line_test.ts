import { assertEquals, assertThrows } from "@std/assert";
import { readOptions, UsageError, wholeOption } from "./command_line.ts";

const TYPES = { quick: "boolean", out: "string", only: "string" } as const;

Deno.test("readOptions() reads flags and values in any order; the last value counts", () => {
  const values = readOptions(["--out", "a", "--quick", "--out=b", "--only", ""], TYPES);
  assertEquals(values, { out: "b", quick: "", only: "" });
});

const REFUSED: [args: string[], message: string][] = [
  [["--fast"], "--fast: unknown option"],
  [["--quick", "-x"], "-x: unknown option"],
  [["word"], "word: unknown option"],
  [["--out"], "--out: needs a value"],
];

for (const [args, message] of REFUSED) {
  Deno.test(`readOptions() refuses [${args}]`, () => {
    assertEquals(assertThrows(() => readOptions(args, TYPES), UsageError).message, message);
  });
}

Deno.test("wholeOption() accepts whole numbers from 1 to its maximum", () => {
  const numbers = ["1", "9", undefined].map((text) => wholeOption("n", text, 9, 5));
  assertEquals(numbers, [1, 9, 5]);
  for (const text of ["0", "10", "1.5", "many", ""]) {
    const message = `--n ${text}: must be a whole number 1–9`;
    assertEquals(assertThrows(() => wholeOption("n", text, 9, 5), UsageError).message, message);
  }
});
