import { assertEquals } from "@std/assert";
import { TIME_UNITS } from "../../contracts/mod.ts";
import { bytesOf } from "../testing/bodies.ts";
import { MISSING, newTimeCell, readTimeCell } from "./time_cell.ts";

/** Time and unit of a cell; the bytes around it must not count. */
function read(text: string): [ms: number, unit: string] {
  const cell = newTimeCell();
  const around = bytesOf(`9,${text},9\n`);
  readTimeCell(around, 2, around.length - 3, cell);
  const unit = cell.unit === MISSING ? "missing" : TIME_UNITS[cell.unit] ?? "unreadable";
  return [cell.ms, cell.is_local ? `${unit}, local` : unit];
}

const EPOCHS: [cell: string, ms: number, unit: string][] = [
  ["1764000000123456", 1764000000123.456, "us"],
  [" 1764000000123456 ", 1764000000123.456, "us"],
  ['"1764000000123456"', 1764000000123.456, "us"],
  ["1000000000000000", 1e12, "us"],
  // Above 2^53 µs, in 2255, every second one is not a JavaScript number.
  ["9999999999999998", 9999999999999.998, "us"],
  ["1764000000", 1764000000000, "s"],
  ["1764000000.25", 1764000000250, "s"],
  ["1764000000.123456789123", 1764000000123.4568, "s"],
  ["1764000000123", 1764000000123, "ms"],
  ["1764000000123.5", 1764000000123.5, "ms"],
  ["1764000000123456.5", 1764000000123.4565, "us"],
  ["1764000000123000000", 1764000000123, "ns"],
  ["001764000000", 1764000000000, "s"],
  ["1.764e9", 1764000000000, "s"],
  ["1.764000000123E+12", 1764000000123, "ms"],
];

for (const [text, ms, unit] of EPOCHS) {
  Deno.test(`readTimeCell reads ${JSON.stringify(text)} as ${unit}`, () => {
    assertEquals(read(text), [ms, unit]);
  });
}

/** All the same instant, 2026-01-01T00:00:00.250Z. */
const SAME = [
  "2026-01-01T00:00:00.250Z",
  "2026-01-01T00:00:00,25Z",
  "2026-01-01t00:00:00.25z",
  "2026-01-01 00:00:00.250000Z",
  "2026-01-01T00:00:00.250000000+00:00",
  "2026-01-01T00:00:00.25-00:00",
  "2026-01-01T02:00:00.25+02:00",
  "2025-12-31T18:30:00.25-0530",
  "2026-01-01 09:00:00.25+09",
  "2026-01-01 00:00:00.25 +0000",
  "2026-01-01 00:00:00.25 UTC",
  "20260101T000000.25Z",
  '"2026-01-01T00:00:00.25Z"',
];

for (const text of SAME) {
  Deno.test(`readTimeCell reads ${text}`, () => {
    assertEquals(read(text), [Date.UTC(2026, 0, 1) + 250, "iso8601"]);
  });
}

Deno.test("readTimeCell agrees with Date on every day of four centuries", () => {
  const day_ms = 86_400_000;
  for (let ms = 1e12; ms < 1e13; ms += 37 * day_ms + 12_345_000) {
    assertEquals(read(new Date(ms).toISOString()), [ms, "iso8601"]);
  }
  assertEquals(read("2000-02-29T00:00:00Z")[1], "unreadable", "before 2001");
  assertEquals(read("2004-02-29T00:00:00Z")[0], Date.UTC(2004, 1, 29));
});

Deno.test("readTimeCell reads a time without offset as UTC and marks it", () => {
  for (const text of ["2026-01-01T00:00:00", "2026-01-01 00:00", "20260101T0000"]) {
    assertEquals(read(text), [Date.UTC(2026, 0, 1), "iso8601, local"], text);
  }
});

Deno.test("readTimeCell reads a leap second only at the end of a UTC day", () => {
  const after_ms = Date.UTC(2017, 0, 1);
  assertEquals(read("2016-12-31T23:59:60Z"), [after_ms, "iso8601"]);
  assertEquals(read("2017-01-01T00:59:60.5+01:00"), [after_ms + 500, "iso8601"]);
  for (
    const text of ["2016-12-31T23:58:60Z", "2016-12-31T23:59:60+01:00", "2016-12-31T23:59:61Z"]
  ) {
    assertEquals(read(text)[1], "unreadable", text);
  }
});

Deno.test("readTimeCell counts empty cells, N/A and 0 as missing", () => {
  for (
    const text of ["", " ", '""', "N/A", "nan", "-nan", "NULL", "None", "NaT", "-", "0", "0.0"]
  ) {
    assertEquals(read(text), [NaN, "missing"], text);
  }
});

const UNREADABLE = [
  "999999999",
  "10000000000",
  "999999999999999",
  "10000000000000",
  "10000000000000000",
  "1".repeat(400),
  "-1764000000",
  "+1764000000",
  "1764000000s",
  "1764000000.",
  ".5",
  "1,764,000,000",
  "1.764e-9",
  "0x6924",
  "up",
  "2026-01-01",
  "20260101",
  "2026-01",
  "00:00:00",
  "2026-01-01T",
  "2026-01-01T24:00:00Z",
  "2026-01-01T00:60:00Z",
  "2026-13-01T00:00:00Z",
  "2026-00-01T00:00:00Z",
  "2026-02-29T00:00:00Z",
  "2026-04-31T00:00:00Z",
  "2026-01-01T00:00:00.Z",
  "2026-01-01T00:00:00Zulu",
  "2026-01-01T00:00:00+",
  "2026-01-01T00:00:00+24:00",
  "2026-01-01T00:00:00+0100x",
  "2026-01-01T00:00:00 CET",
  "2026-01-01T00:00:00.Z",
  "2026-01-01_00:00:00Z",
  "2026/01/01 00:00:00",
  "01.01.2026 00:00:00",
  "Thu, 01 Jan 2026 00:00:00 GMT",
  "+002026-01-01T00:00:00Z",
  "2026-W01-4T00:00:00Z",
  "1970-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
];

Deno.test("readTimeCell refuses all other text, and reads only its cell", () => {
  for (const text of UNREADABLE) assertEquals(read(text), [NaN, "unreadable"], text);
  const iso = "2026-01-01T00:00:00.250+01:00";
  for (let end = 1; end < iso.length; end++) read(iso.slice(0, end));
});
