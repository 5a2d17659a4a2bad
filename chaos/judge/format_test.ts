import { assertEquals } from "@std/assert";
import { counted, duration, instant, quantity } from "./format.ts";

Deno.test("quantity prints three significant digits and a readable unit", () => {
  const cases: [number | null, string, string][] = [
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
  for (const [value, unit, text] of cases) assertEquals(quantity(value, unit), text);
});

Deno.test("duration, instant and counted print readable text", () => {
  assertEquals([duration(999), duration(119_500), instant(15_049)], ["999 ms", "120 s", "15.0 s"]);
  assertEquals([counted(1, "probe"), counted(2500, "probe")], ["1 probe", "2,500 probes"]);
});
