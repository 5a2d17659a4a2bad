import { assertEquals, assertThrows } from "@std/assert";
import { LatencyWindow, mergeLatency } from "./latency_window.ts";

/** Latencies kept per endpoint and thread. */
const LATENCY_WINDOW_SAMPLES = 1_000;

function record(window: LatencyWindow, endpoint: number, ...latencies_ms: number[]): void {
  for (const latency_ms of latencies_ms) window.record(endpoint, latency_ms);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

Deno.test("mergeLatency of an endpoint without samples is null, not zero", () => {
  assertEquals(mergeLatency([new LatencyWindow(1)], 0), {
    count: 0,
    samples: 0,
    p50_ms: null,
    p95_ms: null,
    p99_ms: null,
    max_ms: null,
  });
});

Deno.test("mergeLatency gives type 7 percentiles, the maximum and the count", () => {
  const window = new LatencyWindow(1);
  record(window, 0, ...range(1, 100).reverse());
  assertEquals(mergeLatency([window], 0), {
    count: 100,
    samples: 100,
    p50_ms: 50.5,
    p95_ms: 95.05,
    p99_ms: 99.01,
    max_ms: 100,
  });
});

Deno.test("LatencyWindow keeps endpoints apart", () => {
  const window = new LatencyWindow(3);
  record(window, 0, 1);
  record(window, 2, 3);
  assertEquals(range(0, 2).map((endpoint) => mergeLatency([window], endpoint).max_ms), [
    1,
    null,
    3,
  ]);
});

Deno.test("LatencyWindow overwrites the oldest sample but keeps counting", () => {
  const window = new LatencyWindow(2);
  record(window, 1, 9_999, ...range(1, LATENCY_WINDOW_SAMPLES));
  const stats = mergeLatency([window], 1);
  assertEquals([stats.count, stats.samples], [LATENCY_WINDOW_SAMPLES + 1, LATENCY_WINDOW_SAMPLES]);
  assertEquals(stats.max_ms, LATENCY_WINDOW_SAMPLES);
});

Deno.test("LatencyWindow on another thread's cells reads its samples and continues its ring", () => {
  const created = new LatencyWindow(1);
  record(created, 0, 5_000, ...range(1, LATENCY_WINDOW_SAMPLES));
  const attached = new LatencyWindow(1, structuredClone(created.cells));
  // Slot 0 holds the newest sample by now: the next one has to replace the oldest, 1.
  attached.record(0, 7_000);
  const stats = mergeLatency([created], 0);
  assertEquals([stats.count, stats.max_ms], [LATENCY_WINDOW_SAMPLES + 2, 7_000]);
  assertEquals(stats.p50_ms, (501 + 502) / 2);
});

Deno.test("mergeLatency takes equal shares of the newest samples of busy windows", () => {
  const [first, second] = [new LatencyWindow(1), new LatencyWindow(1)];
  record(first, 0, ...range(1, 2_000));
  record(second, 0, ...range(10_001, 12_000));
  const stats = mergeLatency([first, second], 0);
  assertEquals([stats.count, stats.samples], [4_000, LATENCY_WINDOW_SAMPLES]);
  // 500 newest of each: 1501…2000 and 11501…12000.
  assertEquals(stats.p50_ms, (2_000 + 11_501) / 2);
  assertEquals(stats.max_ms, 12_000);
});

Deno.test("mergeLatency fills the share of a quiet window from busy ones", () => {
  const [quiet, busy, idle] = range(1, 3).map(() => new LatencyWindow(1));
  record(quiet, 0, 1, 2);
  record(busy, 0, ...range(101, 2_100));
  const stats = mergeLatency([busy, quiet, idle], 0);
  assertEquals([stats.count, stats.samples, stats.max_ms], [2_002, LATENCY_WINDOW_SAMPLES, 2_100]);
});

Deno.test("LatencyWindow ignores an endpoint it has no room for", () => {
  const window = new LatencyWindow(1);
  record(window, 1, 5);
  record(window, NaN, 5);
  assertEquals(mergeLatency([window], 0).count, 0);
});

Deno.test("LatencyWindow refuses a window without endpoints and names the number", () => {
  assertThrows(
    () => new LatencyWindow(0),
    RangeError,
    "Cannot create a latency window: 0 endpoints, must be ≥ 1",
  );
});

Deno.test("recordUntimed() counts a request without a sample", () => {
  const window = new LatencyWindow(1);
  window.record(0, 4);
  window.recordUntimed(0);
  window.recordUntimed(0);
  const { count, samples, p50_ms, max_ms } = mergeLatency([window], 0);
  assertEquals([count, samples, p50_ms, max_ms], [3, 1, 4, 4]);
  window.record(0, 8);
  assertEquals(mergeLatency([window], 0).max_ms, 8);
});
