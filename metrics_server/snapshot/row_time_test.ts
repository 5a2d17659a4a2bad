import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseBody } from "../testing/bodies.ts";
import { AUTO_TIMES, readRowTimes, rowTime, type TimeSettings } from "./row_time.ts";

const FETCHED_MS = 1_764_000_003_000;

function read(times: readonly string[], wanted: TimeSettings = AUTO_TIMES, name = "timestamp") {
  const { header, table } = parseBody(
    `switch_id,${name}\n${times.map((time, i) => `sw-${i},${time}\n`).join("")}`,
  );
  return { table, ...readRowTimes(header.names, table, FETCHED_MS, wanted) };
}

/** Newest time relative to the fetch, unit, problem. */
function outcome(times: readonly string[], wanted?: TimeSettings): unknown[] {
  const { newest_ms, stats } = read(times, wanted);
  return [newest_ms - FETCHED_MS, stats?.unit, stats?.problem];
}

const at = (ms: number) => String((FETCHED_MS + ms) * 1000);

for (
  const [unit, older, newer] of [
    ["s", "1764000000", "1764000001"],
    ["s", "1764000000.5", "1764000001.000"],
    ["ms", "1764000000500", "1764000001000"],
    ["us", "1764000000500000", "1764000001000000"],
    ["ns", "1764000000500000000", "1764000001000000000"],
    ["iso8601", "2025-11-24T16:00:00Z", "2025-11-24T17:00:01+01:00"],
  ]
) {
  Deno.test(`readRowTimes recognises ${unit}, as ${newer}`, () => {
    assertEquals(outcome([older, newer, "", older]), [-2000, unit, null]);
  });
}

Deno.test("rowTime is NaN for a cell without a time in the column's unit", () => {
  const cells = ["1764000000", "", "1764000000000", "up", ...Array(30).fill("1764000001")];
  const { table, time_column } = read(cells);
  const times = [0, 1, 2, 3, 4].map((row) => rowTime(table, row, time_column!));
  assertEquals(times, [1764000000000, NaN, NaN, NaN, 1764000001000]);
});

Deno.test("readRowTimes skips times over 5 s ahead of the fetch, unless most are", () => {
  const newest = (...ahead_ms: number[]) => outcome(ahead_ms.map(at));
  assertEquals(newest(-1000, 5000, -2000), [5000, "us", null]);
  assertEquals(newest(-1000, 5001, -2000), [-1000, "us", null]);
  assertEquals(newest(3_600_000, -1000), [-1000, "us", null], "one of two");
  assertEquals(newest(3_600_000, 3_500_000, -1000), [3_600_000, "us", "ahead"], "two of three");
});

Deno.test("readRowTimes refuses a column if over a tenth has another unit or is no time", () => {
  const most = Array(9).fill("1764000000");
  assertEquals(outcome([...most, "1764000000000"]), [-3000, "s", "few_unread"]);
  assertEquals(outcome([...most, "1764000000000", "1764000000001"]), [NaN, null, "mixed_units"]);
  assertEquals(outcome(["1764000000", "2025-11-24T16:00:00Z"]), [NaN, null, "mixed_units"]);
  assertEquals(outcome([...most, "noon"]), [-3000, "s", "few_unread"]);
  assertEquals(outcome([...most, "noon", "one"]), [NaN, null, "unreadable"]);
  assertEquals(outcome(["2025-11-24", "2025-11-23"]), [NaN, null, "unreadable"]);
  assertEquals(outcome(["noon", "", ""]), [NaN, null, "unreadable"]);
});

Deno.test("readRowTimes ignores empty cells, and reports a column of empty cells alone", () => {
  assertEquals(outcome(["", "N/A", "null", "0", "1764000000"]), [-3000, "s", null]);
  assertEquals(outcome(["", "N/A", "0"]), [NaN, null, "no_times"]);
});

Deno.test("readRowTimes reports times without UTC offset, unless TIME_UNIT=iso8601", () => {
  const cells = ["2025-11-24 16:00:00"];
  assertEquals(outcome(cells), [-3000, "iso8601", "no_offset"]);
  assertEquals(outcome(cells, { column: "", unit: "iso8601" }), [-3000, "iso8601", null]);
});

Deno.test("readRowTimes escapes the control characters of an example", () => {
  assertStringIncludes(read(["\x9b2Jnoon\u202e"]).stats!.detail!, '"\\u{9b}2Jnoon\\u{202e}"');
});

Deno.test("readRowTimes reads only TIME_UNIT if it is set", () => {
  const wanted = { column: "", unit: "ms" } as const;
  assertEquals(outcome(["1764000000000", "1764000001000"], wanted), [-2000, "ms", null]);
  assertEquals(outcome(["1764000000", "1764000001"], wanted), [NaN, null, "unreadable"]);
});

Deno.test("readRowTimes finds timestamp and timestamp_unit in any case, or TIME_COLUMN", () => {
  const cells = ["1764000000,1764000000"];
  const column = (name: string, wanted = "") =>
    read(cells, { column: wanted, unit: "auto" }, name.includes(",") ? name : `${name},b`).stats
      ?.column;
  for (const name of ["timestamp", "TimeStamp", "timestamp_ms", "TIMESTAMP_S", "timestamp_us"]) {
    assertEquals(column(name), name);
  }
  assertEquals([column("time"), column("timestamps"), column("Seen", "sEEN")], [
    undefined,
    undefined,
    "Seen",
  ]);
  assertEquals(column("timestamp_ns,timestamp"), "timestamp");
});

Deno.test("readRowTimes reads the next time column if the first has no readable times", () => {
  for (
    const [cells, column, problem] of [
      [",1764000000000", "timestamp_ms", null],
      ["noon,1764000000000", "timestamp_ms", null],
      ["noon,", "timestamp", "unreadable"],
    ]
  ) {
    const { stats } = read([cells!], AUTO_TIMES, "timestamp,timestamp_ms");
    assertEquals([stats?.column, stats?.problem], [column, problem]);
  }
  assertEquals(read([",1764000000"], AUTO_TIMES, "timestamp,Timestamp").stats?.column, "Timestamp");
});

Deno.test("readRowTimes names a TIME_COLUMN that the source lacks", () => {
  const { stats, time_column } = read(["1764000000"], { column: "seen", unit: "auto" });
  assertEquals([time_column, stats!.problem], [null, "no_column"]);
  assertEquals(stats!.detail, 'TIME_COLUMN=seen is no column of "switch_id,timestamp"');
});

Deno.test("readRowTimes shows a cell that it cannot read, and what to do", () => {
  const { stats } = read(["noon", "1764000000"]);
  assertEquals(stats!.unread_cells, 1);
  assertStringIncludes(stats!.detail!, "1 of 2 cells are no times");
  assertStringIncludes(stats!.detail!, 'as "noon": ');
  assertStringIncludes(read(["x".repeat(500)]).stats!.detail!, `"${"x".repeat(60)}…"`);
});
