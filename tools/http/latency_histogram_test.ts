import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  LATENCY_ERROR_MAX,
  LATENCY_MS_MAX,
  LATENCY_MS_MIN,
  LatencyHistogram,
} from "./latency_histogram.ts";

/** Park–Miller generator. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = state * 48271 % 2147483647) / 2147483647;
}

/** Type 7 on the exact samples. */
function exact(sorted: number[], p: number): number {
  const rank = (p / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(rank)], high = sorted[Math.ceil(rank)];
  return low + (high - low) * (rank - Math.floor(rank));
}

function histogramOf(samples: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const sample of samples) histogram.record(sample);
  return histogram;
}

Deno.test("LatencyHistogram returns every percentile within its stated error", () => {
  for (const seed of [1, 2, 3]) {
    const next = random(seed);
    const octaves = Math.log2(LATENCY_MS_MAX / LATENCY_MS_MIN);
    const samples = Array.from({ length: 5_000 }, () => LATENCY_MS_MIN * 2 ** (next() * octaves));
    const histogram = histogramOf(samples);
    const sorted = samples.toSorted((a, b) => a - b);
    for (const p of [0, 0.1, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 100]) {
      const expected = exact(sorted, p);
      const off = Math.abs(histogram.percentile(p)! - expected) / expected;
      assert(off <= LATENCY_ERROR_MAX, `seed ${seed}: p${p} is ${off * 100} % off`);
    }
  }
});

Deno.test("LatencyHistogram states an error of at most 1 %", () => {
  assert(LATENCY_ERROR_MAX <= 0.01);
});

Deno.test("LatencyHistogram interpolates between closest ranks (type 7)", () => {
  const histogram = histogramOf([1, 2, 3, 4]);
  assertAlmostEquals(histogram.percentile(50)!, 2.5, 2.5 * LATENCY_ERROR_MAX);
  assertAlmostEquals(histogram.percentile(95)!, 3.85, 3.85 * LATENCY_ERROR_MAX);
});

Deno.test("LatencyHistogram returns the smallest and the largest sample exactly", () => {
  const histogram = histogramOf([0.123456, 7.654321, 3]);
  assertEquals(histogram.percentile(0), 0.123456);
  assertEquals(histogram.percentile(100), 7.654321);
  assertEquals(histogram.summary().mean_ms, (0.123456 + 7.654321 + 3) / 3);
});

Deno.test("LatencyHistogram without samples has no percentiles", () => {
  const { count, p50_ms, max_ms, mean_ms } = new LatencyHistogram().summary();
  assertEquals({ count, p50_ms, max_ms, mean_ms }, {
    count: 0,
    p50_ms: null,
    max_ms: null,
    mean_ms: null,
  });
});

Deno.test("LatencyHistogram keeps samples beyond its range in its outermost buckets", () => {
  const histogram = histogramOf([-1, 0, 1e-9, 5, 1e9, 2e9, 3e9]);
  assertEquals(histogram.count, 7);
  assertEquals(histogram.percentile(0), 0);
  assertAlmostEquals(histogram.percentile(50)!, 5, 5 * LATENCY_ERROR_MAX);
  assertEquals(histogram.percentile(100), 3e9);
});

Deno.test("LatencyHistogram.percentile() refuses values outside 0–100", () => {
  assertThrows(
    () => new LatencyHistogram().percentile(101),
    RangeError,
    "Cannot take percentile 101: must be 0–100",
  );
});

Deno.test("LatencyHistogram counts the samples over a limit", () => {
  const histogram = new LatencyHistogram();
  for (const latency_ms of [1, 6.9, 7.1, 40, 200_000]) histogram.record(latency_ms);
  assertEquals([0.5, 7, 41, Infinity].map((limit_ms) => histogram.countOver(limit_ms)), [
    5,
    3,
    1,
    0,
  ]);
});
