import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { mulberry32 } from "./prng.ts";
import { floors, judgeSlope, type Point, slopeOf } from "./slope.ts";

/** `count` samples of a line, with a collector's sawtooth of up to `garbage`. */
function samples(count: number, per_x: number, garbage: number, seed = 7): Point[] {
  const random = mulberry32(seed);
  return Array.from({ length: count }, (_, x) => ({ x, y: 100 + per_x * x + garbage * random() }));
}

function verdict(points: Point[], bound: number): string {
  return judgeSlope({
    figure: "",
    name: "memory",
    unit: "MB",
    slope: slopeOf(floors(points)),
    bound,
  })
    .verdict;
}

Deno.test("slopeOf is exact on a line and its interval is a point", () => {
  const { estimate, low, high, points } = slopeOf(samples(20, 3, 0));
  for (const slope of [estimate, low, high]) assertAlmostEquals(slope, 3);
  assertEquals(points, 20);
});

Deno.test("slopeOf ignores a few outliers", () => {
  const points = samples(30, 1, 0.1).map((point, i) => i % 10 === 3 ? { ...point, y: 900 } : point);
  assertAlmostEquals(slopeOf(points).estimate, 1, 0.1);
});

Deno.test("the interval of slopeOf covers the true slope in at least 97 of 100 runs", () => {
  const covered = Array.from({ length: 100 }, (_, seed) => slopeOf(samples(20, 0.5, 9, seed)))
    .filter(({ low, high }) => low <= 0.5 && high >= 0.5);
  assert(covered.length >= 97, `${covered.length}`);
});

Deno.test("floors keeps the lowest sample of each stretch and at most 60 of them", () => {
  const points = [5, 1, 4, 9, 8, 2].map((y, x) => ({ x, y }));
  assertEquals(floors(points).map(({ y }) => y), [1, 2]);
  assertEquals(floors(samples(10_000, 1, 5)).length, 60);
  assertEquals(floors(samples(10_000, 1, 5), 12).length, 12);
});

Deno.test("a steady value with garbage holds a bound on its slope", () => {
  assertEquals(verdict(samples(200, 0, 40), 0.5), "holds");
});

Deno.test("a leak under the same garbage is broken", () => {
  assertEquals(verdict(samples(200, 2, 40), 0.5), "broken");
});

Deno.test("a slope whose interval includes the bound is inconclusive and says so", () => {
  const slope = { estimate: 0.4, low: 0.1, high: 0.9, points: 20, span: 9 };
  const check = judgeSlope({ figure: "", name: "memory", unit: "MB per poll", slope, bound: 0.5 });
  assertEquals([check.verdict, check.doubts], ["inconclusive", [
    "memory: the interval 0.10 to 0.90 MB per poll includes the bound: measure longer",
  ]]);
});

Deno.test("a steep slope is inconclusive until the growth in all reaches its minimum", () => {
  const slope = { estimate: 2, low: 1.5, high: 2.5, points: 20, span: 9 };
  const claim = { figure: "", name: "memory", unit: "MB", slope, bound: 0.5 };
  assertEquals(judgeSlope({ ...claim, total_min: 18 }).verdict, "broken");
  const early = judgeSlope({ ...claim, total_min: 30 });
  assertEquals([early.verdict, early.doubts], ["inconclusive", [
    "memory: 18 in all, less than 30 MB: measure longer",
  ]]);
});

Deno.test("fewer than 8 samples are inconclusive, none are NaN", () => {
  assertEquals(verdict(samples(21, 0, 0), 0.5), "inconclusive");
  assertEquals(verdict(samples(24, 0, 0), 0.5), "holds");
  assertEquals(verdict([], 0.5), "inconclusive");
  assertEquals(slopeOf([]).estimate, NaN);
});
