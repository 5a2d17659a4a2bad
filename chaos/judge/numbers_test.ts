import { assertEquals } from "@std/assert";
import { bucketPercentile, countOf } from "./histogram.ts";
import { counted, duration, instant, quantity } from "./quantity.ts";

Deno.test("quantity tells three digits that say something, with a unit people use", () => {
  const told: [number | null, string, string][] = [
    [820, "ms", "820 ms"],
    [0.034, "ms", "0.034 ms"],
    [14_230, "ms", "14.2 s"],
    [1000, "ms", "1 s"],
    [0.0123, "%", "1.23 %"],
    [0.000012, "%", "0.0012 %"],
    [1.034, "×", "1.03 ×"],
    [12_345, "", "12,345"],
    [0, "%", "0 %"],
    [null, "ms", "–"],
    [NaN, "×", "–"],
    [Infinity, "ms", "∞"],
  ];
  for (const [value, unit, text] of told) assertEquals(quantity(value, unit), text);
});

Deno.test("duration, instant and counted are told as people say them", () => {
  assertEquals([duration(999), duration(119_500), instant(15_049)], ["999 ms", "120 s", "15.0 s"]);
  assertEquals([counted(1, "probe"), counted(2500, "probe")], ["1 probe", "2,500 probes"]);
});

Deno.test("bucketPercentile is the bound of the bucket of rank ⌈n · p / 100⌉", () => {
  const durations = [[1, 90], [2, 5], [4, 5]] as const;
  assertEquals([0, 50, 90, 91, 95, 96, 100].map((p) => bucketPercentile(durations, p)), [
    1,
    1,
    1,
    2,
    2,
    4,
    4,
  ]);
  assertEquals(bucketPercentile([], 95), NaN);
  assertEquals(countOf(durations), 100);
});
