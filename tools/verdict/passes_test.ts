import { assertAlmostEquals, assertEquals } from "@std/assert";
import { takePasses } from "./passes.ts";

/** Takes passes while other programs take these shares, the last one for good. */
function take(wanted: number, shares: readonly number[]) {
  let attempts = 0;
  return takePasses(
    wanted,
    (attempt) => Promise.resolve(attempt),
    () => () => shares[Math.min(attempts++, shares.length - 1)],
  );
}

Deno.test("takePasses() takes as many as wanted on a quiet machine", async () => {
  const { taken, foreign_share, left_out } = await take(4, [0.01]);
  assertEquals([taken, left_out], [[0, 1, 2, 3], 0]);
  assertAlmostEquals(foreign_share, 0.01);
});

Deno.test("takePasses() takes a disturbed pass again and leaves it out", async () => {
  const { taken, foreign_share, left_out } = await take(3, [0, 0.4, 0, 0.06, 0]);
  assertEquals([taken, foreign_share, left_out], [[0, 2, 4], 0, 2]);
});

Deno.test("takePasses() ends on a machine that stays busy, with what it has and the share it saw", async () => {
  const { taken, foreign_share, left_out } = await take(3, [0.5]);
  assertEquals([taken.length, foreign_share, left_out], [6, 0.5, 0]);
});

Deno.test("takePasses() is content with the least number of quiet passes in the end", async () => {
  const { taken, left_out } = await take(4, [0, 0, 0, 0.5]);
  assertEquals([taken, left_out], [[0, 1, 2], 5]);
});

Deno.test("takePasses() takes what it cannot know the disturbance of", async () => {
  assertEquals((await take(2, [NaN])).taken, [0, 1]);
});
