import { assertAlmostEquals, assertEquals } from "@std/assert";
import { disturbanceNote, disturbed, startForeignLoad, takePasses } from "./passes.ts";

/** Takes passes beside other programs with these shares; the last share repeats. */
function take(wanted: number, shares: readonly number[], repeat_disturbed?: boolean) {
  let attempts = 0;
  const startForeign = () => () => shares[Math.min(attempts++, shares.length - 1)];
  return takePasses(
    wanted,
    (attempt) => Promise.resolve(attempt),
    { repeat_disturbed, startForeign },
  );
}

Deno.test("takePasses() takes the wanted number on a quiet machine", async () => {
  const { taken, foreign_share, left_out } = await take(4, [0.01]);
  assertEquals([taken, left_out], [[0, 1, 2, 3], 0]);
  assertAlmostEquals(foreign_share, 0.01);
});

Deno.test("takePasses() repeats a disturbed pass and leaves it out", async () => {
  const { taken, foreign_share, left_out } = await take(3, [0, 0.4, 0, 0.06, 0]);
  assertEquals([taken, foreign_share, left_out], [[0, 2, 4], 0, 2]);
});

Deno.test("takePasses() ends on a busy machine with all passes and their share", async () => {
  const { taken, foreign_share, left_out } = await take(3, [0.5]);
  assertEquals([taken.length, foreign_share, left_out], [6, 0.5, 0]);
});

Deno.test("takePasses() without repetition takes the wanted number on a busy machine", async () => {
  const { taken, left_out } = await take(4, [0.4], false);
  assertEquals([taken, left_out], [[0, 1, 2, 3], 0]);
});

Deno.test("takePasses() accepts the minimum of quiet passes in the end", async () => {
  const { taken, left_out } = await take(4, [0, 0, 0, 0.5]);
  assertEquals([taken, left_out], [[0, 1, 2], 5]);
});

Deno.test("takePasses() keeps passes with an unknown share", async () => {
  assertEquals((await take(2, [NaN])).taken, [0, 1]);
});

Deno.test("disturbed() reports the share of other programs above the bound", () => {
  assertEquals(disturbed(0.05), []);
  assertEquals(disturbed(0.25), ["other programs took 25 % of the machine, more than 5 %"]);
});

Deno.test("disturbed() has no doubt about an unknown share", () => {
  assertEquals(disturbed(NaN), []);
});

Deno.test("startForeignLoad() returns the share of all cores over the elapsed time", () => {
  const times = { now: 1_000, foreign: 50_000 };
  const foreignShare = startForeignLoad({
    now_ms: () => times.now,
    foreign_ms: () => times.foreign,
    cores: 2,
  });
  times.now += 1_000;
  times.foreign += 500;
  assertEquals(foreignShare(), 0.25);
});

Deno.test("startForeignLoad() is never below 0, even if an ended program's time is lost", () => {
  const times = { now: 0, foreign: 100 };
  const foreignShare = startForeignLoad({
    now_ms: () => times.now,
    foreign_ms: () => times.foreign,
    cores: 1,
  });
  times.now = 10;
  times.foreign = 90;
  assertEquals(foreignShare(), 0);
});

Deno.test("disturbanceNote() reports the share and the number of passes left out", () => {
  assertEquals(disturbanceNote("X", 0.031, 0), "X: other programs took 3 % of the machine");
  assertEquals(
    disturbanceNote("X", 0, 2),
    "X: other programs took 0 % of the machine; 2 disturbed passes are left out",
  );
});
