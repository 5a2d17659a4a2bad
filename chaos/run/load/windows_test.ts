import { assert, assertEquals } from "@std/assert";
import { bucketPercentile, countOf } from "../../judge/mod.ts";
import { BUCKET_RATIO, LoadWindows, WINDOW_LAG_MS, WINDOW_MS } from "./windows.ts";

const START = 1_700_000_000_000;
const duration = (t_ms: number, value: number) =>
  ({ metric: "http_req_duration", epoch_ms: START + t_ms, value }) as const;

Deno.test("a sample is in the window it was taken in, and a window's time is its end", () => {
  const windows = new LoadWindows(START);
  windows.add(duration(499, 1));
  windows.add(duration(500, 2));
  windows.add({ metric: "http_req_failed", epoch_ms: START + 600, value: 1 });
  windows.add({ metric: "http_req_failed", epoch_ms: START + 600, value: 0 });
  windows.add({ metric: "data_age_ms", epoch_ms: START + 700, value: 800 });
  windows.add({ metric: "data_age_ms", epoch_ms: START + 700, value: 300 });
  const [first, second] = windows.close(1_000, 10, 0);
  assertEquals([first.t_ms, first.record.requests, first.record.failed], [500, 1, 0]);
  assertEquals(first.record.age_max_ms, null);
  assertEquals([second.t_ms, second.record.failed, second.record.age_max_ms], [1_000, 1, 800]);
});

Deno.test("a window waits for samples that come late; later ones are counted, not mixed in", () => {
  const windows = new LoadWindows(START);
  windows.add(duration(100, 1));
  assertEquals(windows.close(WINDOW_MS + WINDOW_LAG_MS - 1, 1), []);
  windows.add(duration(200, 1));
  const [closed] = windows.close(WINDOW_MS + WINDOW_LAG_MS, 1);
  assertEquals(closed.record.requests, 2);
  windows.add(duration(300, 1));
  assertEquals(windows.late, 1);
});

Deno.test("windows without any request are told too, once there has been one", () => {
  const windows = new LoadWindows(START);
  assertEquals(windows.close(60_000, 1), []);
  windows.add(duration(60_100, 1));
  windows.add(duration(61_600, 1));
  const closed = windows.close(62_000, 1, 0);
  assertEquals(closed.map(({ record }) => record.requests), [1, 0, 0, 1]);
});

Deno.test("a percentile out of the buckets is at most 2 % too large, and never too small", () => {
  const windows = new LoadWindows(START);
  const values = Array.from({ length: 1_000 }, (_, i) => 0.05 * 1.012 ** i);
  for (const value of values) windows.add(duration(10, value));
  const [{ record }] = windows.close(500, 1, 0);
  assertEquals(countOf(record.durations), 1_000);
  for (const p of [50, 95, 99]) {
    const exact = values[Math.ceil(p * 10) - 1];
    const told = bucketPercentile(record.durations, p);
    // Interpolation may fall on either neighbor of the exact rank.
    assert(
      told >= exact / 1.013 && told <= exact * 1.013 * BUCKET_RATIO,
      `p${p}: ${told}, ${exact}`,
    );
  }
});
