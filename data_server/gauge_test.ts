import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { drawLoad, type GaugeRange, LOADS, meanOf, nextGauge } from "./gauge.ts";
import { Sfc32 } from "./random.ts";

const RANGES: GaugeRange[] = [
  { min_units: 0, max_units: 4_000, decimals: 1 },
  { min_units: 50, max_units: 5_000, decimals: 2 },
  { min_units: 100_000, max_units: 999_999, decimals: 0 },
];

/** `ticks` values of a gauge that starts at `start`. */
function walk(range: GaugeRange, load: number, start: number, ticks: number): number[] {
  const random = new Sfc32(3, 0);
  const mean = meanOf(range, load);
  let units = start;
  return Array.from({ length: ticks }, () => units = nextGauge(units, mean, range, random.int32()));
}

Deno.test("nextGauge stays inside its range at every load", () => {
  const random = new Sfc32(4, 0);
  for (const range of RANGES) {
    for (let i = 0; i < 20; i++) {
      const values = walk(range, drawLoad(random), range.min_units, 2_000);
      assert(values.every((value) => value >= range.min_units && value <= range.max_units));
      assert(values.every(Number.isInteger));
    }
  }
});

Deno.test("nextGauge returns to its mean from either end and varies around it", () => {
  for (const range of RANGES) {
    const span = range.max_units - range.min_units;
    const mean = meanOf(range, LOADS / 2);
    for (const start of [range.min_units, range.max_units]) {
      const settled = walk(range, LOADS / 2, start, 5_000).slice(200);
      const average = settled.reduce((sum, value) => sum + value) / settled.length;
      const variance = settled.reduce((sum, value) => sum + (value - average) ** 2, 0) /
        settled.length;
      assertLess(Math.abs(average - mean), span * 0.03);
      assertGreater(Math.sqrt(variance), span * 0.03);
      assertLess(Math.sqrt(variance), span * 0.08);
    }
  }
});

Deno.test("drawLoad keeps a margin at both ends", () => {
  const random = new Sfc32(5, 0);
  const loads = Array.from({ length: 5_000 }, () => drawLoad(random));
  assertEquals(Math.min(...loads), LOADS / 8);
  assertEquals(Math.max(...loads), LOADS * 7 / 8 - 1);
});
