import { assertAlmostEquals, assertEquals } from "@std/assert";
import { median, quartiles, ratios, spread } from "./statistics.ts";

Deno.test("median() does not depend on the order of its values", () => {
  assertEquals(median([30, 10, 20]), 20);
  assertEquals(median([4, 1, 2, 3]), 2.5);
  assertEquals(median([]), NaN);
});

Deno.test("quartiles() interpolates between closest ranks", () => {
  assertEquals(quartiles([5, 4, 3, 2, 1]), [2, 3, 4]);
  assertEquals(quartiles([1, 2]), [1.25, 1.5, 1.75]);
});

Deno.test("spread() is the interquartile range over the median, robust to one outlier", () => {
  assertEquals(spread([7, 7, 7]), 0);
  assertAlmostEquals(spread([1, 2, 3, 4, 5]), 2 / 3);
  assertEquals(spread([100, 100, 100, 100, 900]), 0);
});

Deno.test("ratios() divides round by round", () => {
  assertEquals(ratios([1, 9], [2, 3]), [0.5, 3]);
});
