import { assertEquals, assertStringIncludes } from "@std/assert";
import { Intervals } from "./history.js";
import { boundOf, errorLine, judge, pollInterval, sourceState } from "./freshness.js";

const UP = {
  url: "http://source/counters",
  polls: 9,
  failures: 0,
  consecutive_failures: 0,
  last_success: "2026-01-01T00:00:00.000Z",
  last_error: null,
  backoff_ms: 0,
  circuit: "closed" as const,
  age_ms: 1_000 as number | null,
  snapshot_id: "s-1",
  rows: 64,
  bad_rows: 0,
  replica: null,
  row_times: null,
};
const last_error = { cause: "refused", detail: "refused", at: "2026-01-01T00:00:00.000Z" };
const DOWN = { ...UP, consecutive_failures: 2, last_error };
const BOUND = { bound_ms: 10_000, why: "MAX_STALE_MS" };
const CALM = { age_ms: 1_000, bound: BOUND, sources: [UP], unreachable: null, refused: null };

for (
  const [words, situation, state, level] of [
    ["young data of a source that is up", {}, "fresh", "ok"],
    ["data near its bound", { age_ms: 7_600 }, "aging", "warn"],
    ["data at its bound", { age_ms: 10_000 }, "aging", "warn"],
    ["data over its bound", { age_ms: 10_001 }, "stale", "bad"],
    ["data that the service withholds", { refused: "too old" }, "stale", "bad"],
    ["young data of a source that fails again and again", { sources: [DOWN] }, "down", "bad"],
    ["one failure alone", { sources: [{ ...DOWN, consecutive_failures: 1 }] }, "fresh", "ok"],
    ["one of two sources down", { sources: [UP, DOWN] }, "down", "bad"],
    ["old data without a bound", { age_ms: 1e9, bound: null }, "fresh", "ok"],
    ["no data, nothing failed", { age_ms: null }, "empty", "warn"],
    ["no data, the source fails", { age_ms: null, sources: [DOWN] }, "empty", "bad"],
    [
      "no answer, whatever was last",
      { unreachable: { since_ms: 1 }, age_ms: 1e9 },
      "unreachable",
      "bad",
    ],
  ] as const
) {
  Deno.test(`judge calls ${words} ${state}`, () => {
    const verdict = judge({ ...CALM, ...situation });
    assertEquals([verdict.state, verdict.level], [state, level]);
  });
}

Deno.test("judge names source, cause and bound, but no age, which is announced", () => {
  const { sentence } = judge({ ...CALM, sources: [DOWN], age_ms: 11_111 });
  assertStringIncludes(sentence, "http://source/counters fails (refused)");
  assertStringIncludes(sentence.replaceAll("\u00a0", " "), "older than 10 s (MAX_STALE_MS)");
  assertEquals(sentence, judge({ ...CALM, sources: [DOWN], age_ms: 22_222 }).sentence);
});

Deno.test("boundOf is MAX_STALE_MS if set, else two data intervals plus one poll", () => {
  const known = { max_stale_ms: null, interval_ms: 9_960, poll_ms: 1_530 };
  assertEquals(boundOf({ ...known, max_stale_ms: 5_000 })?.bound_ms, 5_000);
  assertEquals(boundOf(known)?.bound_ms, 2 * 10_000 + 1_500);
  assertEquals(boundOf({ ...known, interval_ms: null }), null);
});

Deno.test("pollInterval is null unless the counter grew", () => {
  const before = { polls: 4, uptime_ms: 1_000 };
  assertEquals(pollInterval(before, { polls: 6, uptime_ms: 4_000 }), 1_500);
  assertEquals(pollInterval(before, { polls: 4, uptime_ms: 4_000 }), null);
  assertEquals(pollInterval(before, { polls: 1, uptime_ms: 10 }), null);
});

for (
  const [change, word] of [
    [{}, "up"],
    [{ consecutive_failures: 1 }, "retrying"],
    [{ consecutive_failures: 2 }, "down"],
    [{ circuit: "half_open" as const }, "retrying"],
    [{ last_success: null }, "waiting"],
  ] as const
) {
  Deno.test(`sourceState of ${JSON.stringify(change)} is ${word}`, () => {
    assertEquals(sourceState({ ...UP, ...change }).word, word);
  });
}

Deno.test("errorLine shows a short error, or the end of a long chain, and its age", () => {
  const now_ms = Date.parse(last_error.at) + 65_900;
  const plain = (text: string) => text.replaceAll("\u00a0", " ");
  assertEquals(plain(errorLine(DOWN, now_ms)), "refused: refused · 1 min 05 s ago");
  const detail = `fetch failed: ${"x".repeat(90)}: tcp connect error: Connection refused`;
  const line = errorLine({ ...DOWN, last_error: { ...last_error, detail } }, now_ms - 64_000);
  assertEquals(plain(line), "refused: tcp connect error: Connection refused · 1 s ago");
  assertEquals(errorLine(UP, now_ms), "");
});

for (
  const [words, sources, sentence] of [
    [
      "the only source",
      [DOWN],
      "The source is down: http://source/counters fails (refused). The last snapshot is served.",
    ],
    [
      "one of two, without data",
      [UP, { ...DOWN, age_ms: null }],
      "1 of 2 sources is down: http://source/counters fails (refused). No data from it yet.",
    ],
  ] as const
) {
  Deno.test(`judge reports what is served while ${words} is down`, () => {
    assertEquals(judge({ ...CALM, sources }).sentence, sentence);
  });
}

Deno.test("Intervals.slowest is the median of the slowest source, despite an outage", () => {
  const intervals = new Intervals();
  const say = (at_ms: number, ids: [slow: number, quick: number]) =>
    intervals.see(
      ids.map((id, i) => ({ ...UP, url: `http://${i}/`, snapshot_id: `${id}`, age_ms: 0 })),
      at_ms,
    );
  say(0, [1, 1]);
  assertEquals(intervals.slowest(), null);
  say(2_000, [1, 2]);
  assertEquals(intervals.slowest(), 2_000);
  say(5_000, [2, 3]);
  say(10_000, [3, 4]);
  assertEquals(intervals.slowest(), 5_000);
  say(99_000, [4, 5]);
  assertEquals(intervals.slowest(), 5_000);
  intervals.see([{ ...UP, url: "http://late/", age_ms: null, snapshot_id: null }], 99_500);
  assertEquals(intervals.slowest(), 5_000);
});
