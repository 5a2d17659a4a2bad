import { assertAlmostEquals, assertEquals } from "@std/assert";
import { percentile } from "../../platform/mod.ts";
import { delayOf, gridOffsets } from "./server.ts";

Deno.test("delayOf puts percentile p at 10 + 50 · p/100 ms", () => {
  const delays = Array.from({ length: 1000 }, (_, index) => delayOf(index)).sort((a, b) => a - b);
  for (const p of [0, 50, 95, 99]) {
    assertAlmostEquals(percentile(delays, p), 10 + 50 * p / 100, 0.1);
  }
});

Deno.test("gridOffsets is 0 for even arrivals and shows a late one", () => {
  assertEquals(gridOffsets([5, 7, 9, 11, 13], 2), [0, 0, 0, 0, 0]);
  assertEquals(gridOffsets([5, 7, 12, 11, 13], 2), [0, 0, 3, 0, 0]);
});
