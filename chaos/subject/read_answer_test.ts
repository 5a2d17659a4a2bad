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

Deno.test("readValueAnswer reads age, value and snapshot as metrics_server tells them", () => {
  const body = '{"switch_id":"sw-0","metric":"n","value":18446744073709551615,"snapshot_id":"b-1"}';
  assertEquals(readValueAnswer(METRICS_SERVER, answer(body, [["X-Data-Age-Ms", "794"]])), {
    age_ms: 794,
    value: "18446744073709551615",
    snapshot_id: "b-1",
  });
});

Deno.test("readValueAnswer finds nothing in an answer that is no JSON, and does not fall over it", () => {
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

Deno.test("readStatsAnswer reads the poller's counters, and does without those that are not told", () => {
  const body =
    '{"poller":{"polls":7,"failures":2,"failures_by_cause":{"refused":2},"circuit":"open"}}';
  assertEquals(readStatsAnswer(METRICS_SERVER, answer(body)), {
    polls: 7,
    failures: 2,
    failures_by_cause: { refused: 2 },
    circuit: "open",
    event_loop_block_max_ms: null,
  });
});

const JSON_TEXT = '{"a":[{"x/y":9007199254740993}],"m~n":"text","z":null,"":1.50}';
const ROOT = parseKeepingDigits(JSON_TEXT);

Deno.test("textAt gives a number's own digits, beyond what a double can tell apart", () => {
  assertEquals(textAt(ROOT, "/a/0/x~1y"), "9007199254740993");
  assertEquals(textAt(ROOT, "/"), "1.50");
});

Deno.test("pointers escape / and ~, and an empty one is the whole", () => {
  assertEquals(textAt(ROOT, "/m~0n"), "text");
  assertEquals(valueAt(ROOT, ""), ROOT);
});

Deno.test("what is not there, null or no text is null", () => {
  for (const pointer of ["/b", "/a/1", "/a/0/x~1y/z", "/z", "/a", "/toString", null]) {
    assertEquals(textAt(ROOT, pointer), null, `${pointer}`);
  }
  assertEquals([numberAt(ROOT, "/"), numberAt(ROOT, "/m~0n")], [1.5, null]);
  assertEquals(valueAt(ROOT, "/toString"), undefined);
});
