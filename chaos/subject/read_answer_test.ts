import { assertEquals } from "@std/assert";
import {
  numberAt,
  parseKeepingDigits,
  readAge,
  readListAnswer,
  readStatsAnswer,
  readValueAnswer,
  textAt,
  valueAt,
} from "./read_answer.ts";
import { METRICS_SERVER } from "./services.ts";
import { CSV_VALUE, type Subject } from "./subject.ts";

const AT_MS = 1_700_000_000_000;
const REQUEST = { switch_id: "sw-0", metric: "n", at_ms: AT_MS };

function answer(body: string, headers: [string, string][] = []) {
  return { headers, body: new TextEncoder().encode(body) };
}

Deno.test("readValueAnswer reads age, value and snapshot of metrics_server", () => {
  const body =
    '{"switch_id":"sw-0","metric":"n","value":18446744073709551615,"snapshot_id":"b-1",' +
    '"age_ms":790}';
  const headers: [string, string][] = [["X-Data-Age-Ms", "794"]];
  assertEquals(readValueAnswer(METRICS_SERVER, answer(body, headers), REQUEST), {
    age_ms: 794,
    body_age_ms: 790,
    value: "18446744073709551615",
    snapshot_id: "b-1",
  });
});

Deno.test("readValueAnswer is all null for an answer that is not JSON", () => {
  const nothing = { age_ms: null, body_age_ms: null, value: null, snapshot_id: null };
  for (const odd of [answer("<html>"), answer("", [["x-data-age-ms", "soon"]])]) {
    assertEquals(readValueAnswer(METRICS_SERVER, odd, REQUEST), nothing);
  }
});

for (
  const [age, expected] of [
    [{ header: "age", unit: "s" }, 3_000],
    [{ pointer: "/told/us", unit: "us" }, 1.5],
    [{ header: "x-snapshot-ts", unit: "epoch_ms" }, 2_500],
    [null, null],
  ] as [Subject["age"], number | null][]
) {
  Deno.test(`readAge reads an age from ${JSON.stringify(age)}`, () => {
    const subject = { ...METRICS_SERVER, age };
    const headers: [string, string][] = [["Age", "3"], ["X-Snapshot-Ts", `${AT_MS - 2_500}`]];
    const given = answer('{"told":{"us":1500}}', headers);
    assertEquals(readAge(subject, given, AT_MS), expected);
  });
}

for (
  const [csv, metric, expected] of [
    ["switch_id,a,n\nsw-01,1,2\nsw-0,3,9007199254740993\n", "n", "9007199254740993"],
    ["switch_id,a,n\r\nsw-0,3,N/A\r\n", "n", "N/A"],
    ["switch_id,a,n\nsw-0,3,4", "n", "4"],
    ["switch_id,a,n\nsw-0,3", "n", null],
    ["switch_id,a,n\nsw-1,3,4\n", "n", null],
    ["switch_id,a\nsw-0,3\n", "n", null],
    ["switch_id,a\nsw-0,3\n", "switch_id", null],
    ["<html>\n", "n", null],
    ["", "n", null],
  ] as [string, string, string | null][]
) {
  Deno.test(`readValueAnswer finds ${metric} of sw-0 in ${JSON.stringify(csv)}: ${expected}`, () => {
    const subject: Subject = { ...METRICS_SERVER, value: CSV_VALUE };
    const given = answer(csv, [["X-Data-Age-Ms", "5"]]);
    const { value, age_ms } = readValueAnswer(subject, given, { ...REQUEST, metric });
    assertEquals([value, age_ms], [expected, 5]);
  });
}

Deno.test("readListAnswer reads the watched cells, both ages, the snapshot and the number of rows", () => {
  const items = '{"switch_id":"sw-0","n":18446744073709551615,"m":null},{"switch_id":"sw-1","n":2}';
  const body = `{"snapshot_id":"b-1","age_ms":790,"fields":["n","m"],"items":[${items}]}`;
  const cells = [["sw-0", "n"], ["sw-0", "m"], ["sw-1", "m"], ["sw-2", "n"]]
    .map(([switch_id, metric]) => ({ switch_id, metric }));
  assertEquals(
    readListAnswer(METRICS_SERVER, answer(body, [["X-Data-Age-Ms", "794"]]), { cells, at_ms: 0 }),
    {
      age_ms: 794,
      snapshot_id: "b-1",
      list: { rows: 2, age_ms: 790, values: { "sw-0 n": "18446744073709551615", "sw-0 m": null } },
    },
  );
});

Deno.test("readListAnswer is a list without rows for an answer that is not JSON", () => {
  const { list } = readListAnswer(METRICS_SERVER, answer("<html>"), { cells: [], at_ms: 0 });
  assertEquals(list, { rows: 0, age_ms: null, values: {} });
});

Deno.test("readListAnswer reads only the age of a list that is too long, or has no places", () => {
  const headers: [string, string][] = [["X-Data-Age-Ms", "794"]];
  const only_age = { age_ms: 794, snapshot_id: null };
  const long = answer(`{"items":[]}${" ".repeat(1_048_576)}`, headers);
  assertEquals(readListAnswer(METRICS_SERVER, long, { cells: [], at_ms: 0 }), only_age);
  const subject = { ...METRICS_SERVER, list: null };
  assertEquals(
    readListAnswer(subject, answer('{"items":[]}', headers), { cells: [], at_ms: 0 }),
    only_age,
  );
});

Deno.test("readStatsAnswer reads poller and replica; missing values are null", () => {
  const body =
    '{"poller":{"polls":7,"failures":2,"failures_by_cause":{"refused":2},"circuit":"open"},' +
    '"sources":[{"replica":{"role":"leader","fence":4}}]}';
  assertEquals(readStatsAnswer(METRICS_SERVER, answer(body)), {
    polls: 7,
    failures: 2,
    failures_by_cause: { refused: 2 },
    circuit: "open",
    event_loop_block_max_ms: null,
    role: "leader",
    fence: 4,
  });
  const { role, fence } = readStatsAnswer(METRICS_SERVER, answer('{"sources":[{"replica":null}]}'));
  assertEquals([role, fence], [null, null]);
});

const JSON_TEXT = '{"a":[{"x/y":9007199254740993}],"m~n":"text","z":null,"":1.50,"q":"2.5"}';
const ROOT = parseKeepingDigits(JSON_TEXT);

Deno.test("textAt keeps digits beyond the precision of a double", () => {
  assertEquals(textAt(ROOT, "/a/0/x~1y"), "9007199254740993");
  assertEquals(textAt(ROOT, "/"), "1.50");
});

Deno.test("pointers escape / and ~, and the empty pointer is the root", () => {
  assertEquals(textAt(ROOT, "/m~0n"), "text");
  assertEquals(valueAt(ROOT, ""), ROOT);
});

Deno.test("textAt reads numbers as written and booleans as words", () => {
  for (const text of ["1e999", "-0", "39.40", "1E-7", "9007199254740993", "true", "false"]) {
    assertEquals(textAt(parseKeepingDigits(`{"v":${text}}`), "/v"), text);
  }
});

Deno.test("textAt is null for missing values, null and objects", () => {
  for (const pointer of ["/b", "/a/1", "/a/0/x~1y/z", "/z", "/a", "/toString", null]) {
    assertEquals(textAt(ROOT, pointer), null, `${pointer}`);
  }
  assertEquals([numberAt(ROOT, "/"), numberAt(ROOT, "/q"), numberAt(ROOT, "/m~0n")], [
    1.5,
    2.5,
    null,
  ]);
  assertEquals(valueAt(ROOT, "/toString"), undefined);
});
