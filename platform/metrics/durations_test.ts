import { assertAlmostEquals, assertEquals } from "@std/assert";
import { addDurations, DURATION_BOUNDS_MS, Durations } from "./durations.ts";

Deno.test("A duration falls into the first bucket whose bound it does not exceed", () => {
  const durations = new Durations(1);
  for (const bound_ms of DURATION_BOUNDS_MS) {
    durations.record(0, bound_ms);
    durations.record(0, bound_ms * 1.001);
  }
  const { counts, events, bounds_s } = addDurations([durations], 0);
  assertEquals(counts, [1, ...DURATION_BOUNDS_MS.slice(1).map(() => 2), 1]);
  assertEquals(events, 2 * DURATION_BOUNDS_MS.length);
  assertEquals(bounds_s.length, counts.length - 1);
  assertEquals([bounds_s[0], bounds_s.at(-1)], [0.00001, 10]);
});

Deno.test("Series are separate; untimed events have no duration", () => {
  const durations = new Durations(3);
  durations.record(1, 1.25);
  durations.recordUntimed(1);
  durations.recordUntimed(2);
  assertEquals([0, 1, 2].map((series) => addDurations([durations], series).events), [0, 2, 1]);
  const { sum_s, counts } = addDurations([durations], 1);
  assertAlmostEquals(sum_s, 0.00125, 1e-12);
  assertEquals(counts.reduce((sum, count) => sum + count), 1);
});

Deno.test("addDurations sums the durations of all threads", () => {
  const mine = new Durations(1);
  const other = new Durations(1);
  new Durations(1, other.cells).record(0, 3);
  mine.record(0, 4);
  const total = addDurations([mine, other], 0);
  assertEquals(total.events, 2);
  assertAlmostEquals(total.sum_s, 0.007, 1e-12);
});
