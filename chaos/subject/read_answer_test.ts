import { assertEquals } from "@std/assert";
import {
  numberAt,
  parseKeepingDigits,
  readAge,
  readStatsAnswer,
  readValueAnswer,
  textAt,
  valueAt,
} from "./read_answer.ts";
import { METRICS_SERVER } from "./services.ts";
import type { Subject } from "./subject.ts";

function answer(body: string, headers: [string, string][] = []) {
  return { headers, body: new TextEncoder().encode(body) };
}

Deno.test("readValueAnswer reads age, value and snapshot of metrics_server", () => {
  const body = '{"switch_id":"sw-0","metric":"n","value":18446744073709551615,"snapshot_id":"b-1"}';
  assertEquals(readValueAnswer(METRICS_SERVER, answer(body, [["X-Data-Age-Ms", "794"]])), {
    age_ms: 794,
    value: "18446744073709551615",
    snapshot_id: "b-1",
  });
});

Deno.test("readValueAnswer is all null for an answer that is not JSON", () => {
  const nothing = { age_ms: null, value: null, snapshot_id: null };
  assertEquals(readValueAnswer(METRICS_SERVER, answer("<html>")), nothing);
  assertEquals(readValueAnswer(METRICS_SERVER, answer("", [["x-data-age-ms", "soon"]])), nothing);
});

for (
  const [age, expected] of [
    [{ header: "age", unit: "s" }, 3_000],
    [{ pointer: "/told/us", unit: "us" }, 1.5],
    [null, null],
  ] as [Subject["age"], number | null][]
) {
  Deno.test(`readAge reads an age from ${JSON.stringify(age)}`, () => {
    const subject = { ...METRICS_SERVER, age };
    assertEquals(readAge(subject, answer('{"told":{"us":1500}}', [["Age", "3"]])), expected);
  });
}

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

const JSON_TEXT = '{"a":[{"x/y":9007199254740993}],"m~n":"text","z":null,"":1.50}';
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
  assertEquals([numberAt(ROOT, "/"), numberAt(ROOT, "/m~0n")], [1.5, null]);
  assertEquals(valueAt(ROOT, "/toString"), undefined);
});
