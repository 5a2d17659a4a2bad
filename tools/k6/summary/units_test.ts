import { assertEquals } from "@std/assert";
import { formatShare, formatValue } from "./units.ts";

for (
  const [time_ms, unit, text] of [
    [0, "", "0s"],
    [0.0000113, "", "11.3ns"],
    [0.0804, "", "80.4µs"],
    [0.99995, "", "1ms"],
    [140.3612, "", "140.36ms"],
    [999.999, "", "1s"],
    [1234, "", "1.23s"],
    [59_999, "", "1m0s"],
    [83_000, "", "1m23s"],
    [3_723_000, "", "1h2m3s"],
    [-83_000, "", "-1m23s"],
    [140.3612, "s", "0.14s"],
    [140.3612, "ms", "140.36ms"],
    [140.3612, "us", "140361.20µs"],
  ] as const
) {
  Deno.test(`formatValue(${time_ms}, "time", "${unit}") is ${text}`, () => {
    assertEquals(formatValue(time_ms, "time", unit), text);
  });
}

for (
  const [bytes, text] of [
    [0, "0 B"],
    [999, "999 B"],
    [999.6, "1.0 kB"],
    [4912, "4.9 kB"],
    [9960, "10 kB"],
    [518_600, "519 kB"],
    [30_000_000, "30 MB"],
    [2.5e15, "2.5 PB"],
  ] as const
) {
  Deno.test(`formatValue(${bytes}, "data", "") is ${text}`, () => {
    assertEquals(formatValue(bytes, "data", ""), text);
  });
}

for (
  const [share, text] of [
    [0, "0.00%"],
    [1, "100.00%"],
    [0.29, "29.00%"],
    [0.999999, "99.99%"],
    [0.98, "98.00%"],
  ] as const
) {
  Deno.test(`formatShare(${share}) is ${text}`, () => {
    assertEquals(formatShare(share), text);
  });
}
