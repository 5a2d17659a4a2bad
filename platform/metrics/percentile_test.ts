import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { percentile } from "./percentile.ts";

// Expected values from R's quantile(x, p, type = 7).
const TYPE_7: [sorted: number[], p: number, expected: number][] = [
  [[7], 0, 7],
  [[7], 50, 7],
  [[7], 100, 7],
  [[10, 20], 50, 15],
  [[10, 20, 30, 40], 25, 17.5],
  [[10, 20, 30, 40], 50, 25],
  [[10, 20, 30, 40], 95, 38.5],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90, 9.1],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 99, 9.91],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0, 1],
  [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 100, 10],
];

for (const [sorted, p, expected] of TYPE_7) {
  Deno.test(`percentile interpolates as type 7: ${p} % of [${sorted}] is ${expected}`, () => {
    assertAlmostEquals(percentile(sorted, p), expected, 1e-12);
  });
}

Deno.test("percentile of no samples is NaN", () => {
  assertEquals(percentile([], 50), NaN);
});

Deno.test("percentile takes typed arrays", () => {
  assertEquals(percentile(new Float64Array([1, 3]), 50), 2);
});

Deno.test("percentile refuses a percent outside 0–100 and names it", () => {
  for (const p of [-0.1, 100.1, NaN]) {
    assertThrows(
      () => percentile([1], p),
      RangeError,
      `Cannot take percentile ${p}: must be a percent in 0–100`,
    );
  }
});
