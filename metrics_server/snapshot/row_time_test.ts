import { assertEquals } from "@std/assert";
import { parseBody } from "../testing/bodies.ts";
import { newestRowTime, rowTime } from "./row_time.ts";

function tableOf(times: readonly string[]) {
  const { header, table } = parseBody(
    `switch_id,timestamp\n${times.map((time, i) => `sw-${i},${time}\n`).join("")}`,
  );
  return { header, table };
}

const TIMES: [cell: string, time_ms: number][] = [
  ["1764000000123456", 1764000000123.456],
  [" 1764000000123456 ", 1764000000123.456],
  ['"1764000000123456"', 1764000000123.456],
  ["1000000000000000", 1e12],
  // Above 2^53 µs, in 2255, every second one is not a JavaScript number.
  ["9999999999999998", 9999999999999.998],
  ["999999999999999", NaN],
  ["10000000000000000", NaN],
  ["1".repeat(400), NaN],
  ["1764000000", NaN],
  ["1764000000123", NaN],
  ["1764000000123456.5", NaN],
  ["-1764000000123456", NaN],
  ["2026-01-01T00:00:00Z", NaN],
  ["N/A", NaN],
  ["", NaN],
];

for (const [cell, time_ms] of TIMES) {
  Deno.test(`rowTime reads ${JSON.stringify(cell.slice(0, 24))} as ${time_ms} ms`, () => {
    assertEquals(rowTime(tableOf([cell]).table, 0, 1), time_ms);
  });
}

Deno.test("rowTime is NaN without a time column", () => {
  assertEquals(rowTime(tableOf(["1764000000123456"]).table, 0, -1), NaN);
});

const FETCHED_MS = 1_764_000_003_000;

const at = (ms: number) => String((FETCHED_MS + ms) * 1000);

Deno.test("newestRowTime skips times over 5 s ahead of the fetch, unless most are", () => {
  const newest = (...ahead_ms: number[]) => {
    const { header, table } = tableOf(ahead_ms.map(at));
    return newestRowTime(header, table, FETCHED_MS) - FETCHED_MS;
  };
  assertEquals(newest(-1000, 5000, -2000), 5000);
  assertEquals(newest(-1000, 5001, -2000), -1000);
  assertEquals(newest(3_600_000, -1000), -1000, "one of two");
  assertEquals(newest(3_600_000, 3_500_000, -1000), 3_600_000, "two of three");
});

Deno.test("newestRowTime finds the newest row among rows without a time", () => {
  const { header, table } = tableOf([
    "",
    "1764000000000000",
    "1764000002000000",
    "N/A",
    "1764000001000000",
  ]);
  assertEquals(newestRowTime(header, table, FETCHED_MS), 1764000002000);
  const none = tableOf(["", "N/A"]);
  assertEquals(newestRowTime(none.header, none.table, FETCHED_MS), NaN);
  const without = parseBody("switch_id,a\nsw-0,1764000000000000\n");
  assertEquals(newestRowTime(without.header, without.table, FETCHED_MS), NaN);
});
