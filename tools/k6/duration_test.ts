import { assertEquals, assertThrows } from "@std/assert";
import { formatDuration, parseDuration } from "./duration.ts";

for (
  const [written, duration_ms] of [
    ["0", 0],
    ["0s", 0],
    ["250", 250],
    [250, 250],
    [0.5, 0.5],
    ["1.5", 1.5],
    ["500ns", 5e-4],
    ["100us", 0.1],
    ["100µs", 0.1],
    ["500ms", 500],
    ["30s", 30_000],
    [" 30s ", 30_000],
    ["1m30s", 90_000],
    ["1.5h", 5_400_000],
    [".5s", 500],
    ["2d12h", 216_000_000],
    ["1h2m3s4ms", 3_723_004],
    ["10000d", 864e9],
  ] as const
) {
  Deno.test(`parseDuration(${JSON.stringify(written)}) is ${duration_ms} ms`, () => {
    assertEquals(parseDuration(written), duration_ms);
  });
}

for (
  const wrong of [
    "",
    " ",
    "s",
    "10x",
    "-1s",
    "1s-",
    "1 s",
    "1m 30s",
    "1e3",
    "NaN",
    "10001d",
    -1,
    NaN,
    Infinity,
  ]
    .concat([null, undefined, true, [], {}] as never[])
) {
  Deno.test(`parseDuration(${JSON.stringify(wrong) ?? String(wrong)}) throws the accepted range`, () => {
    assertThrows(
      () => parseDuration(wrong),
      RangeError,
      "must be a duration from 0s to 10000d, such as 1m30s or 500ms",
    );
  });
}

for (
  const [duration_ms, text] of [
    [0, "0s"],
    [0.5, "0.5ms"],
    [250, "250ms"],
    [999.9999, "1s"],
    [1500, "1.5s"],
    [59_999.9, "1m0s"],
    [90_500, "1m30.5s"],
    [3_600_000, "1h0m0s"],
    [86_461_001, "24h1m1.001s"],
  ] as const
) {
  Deno.test(`formatDuration(${duration_ms}) is ${text}`, () => {
    assertEquals(formatDuration(duration_ms), text);
  });
}
