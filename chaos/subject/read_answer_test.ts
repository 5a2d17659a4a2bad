import { assertEquals } from "@std/assert";
import { readAge, readStatsAnswer, readValueAnswer } from "./read_answer.ts";
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
