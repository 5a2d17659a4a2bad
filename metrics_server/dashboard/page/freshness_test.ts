import { assertEquals, assertStringIncludes } from "@std/assert";
import { boundOf, decidingSource, errorLine, judge, sourceState, staleRows } from "./freshness.js";
import type { Freshness, Source } from "./model.js";

const FRESH: Freshness = {
  state: "fresh",
  bound_ms: 21_500,
  bound_from: "interval",
  interval_ms: 10_000,
};
const STALE: Freshness = { ...FRESH, state: "stale" };
const UNKNOWN: Freshness = {
  state: "unknown",
  bound_ms: null,
  bound_from: null,
  interval_ms: null,
};
const NO_DATA: Freshness = { ...UNKNOWN, state: "none" };

const UP: Source = {
  url: "http://source/counters",
  polls: 9,
  failures: 0,
  consecutive_failures: 0,
  last_success: "2026-01-01T00:00:00.000Z",
  last_error: null,
  backoff_ms: 0,
  circuit: "closed",
  age_ms: 1_000,
  oldest_row_age_ms: 1_000,
  rows_stale: 0,
  freshness: FRESH,
  snapshot_id: "s-1",
  rows: 64,
  bad_rows: 0,
  replica: null,
  row_times: null,
};
const last_error = { cause: "refused", detail: "refused", at: "2026-01-01T00:00:00.000Z" };
const DOWN = { ...UP, consecutive_failures: 2, last_error };
const EMPTY = { ...UP, age_ms: null, freshness: NO_DATA };
const CALM = { age_ms: 1_000, sources: [UP], is_unreachable: false, refused: null };

for (
  const [words, situation, state, level] of [
    ["data that the service calls fresh", {}, "fresh", "ok"],
    [
      "data that the service calls stale",
      { sources: [{ ...UP, freshness: STALE }] },
      "stale",
      "bad",
    ],
    ["data past its bound since the last verdict", { age_ms: 21_501 }, "late", "warn"],
    ["data at its bound", { age_ms: 21_500 }, "fresh", "ok"],
    ["data without a bound", { sources: [{ ...UP, freshness: UNKNOWN }] }, "unknown", "warn"],
    [
      "one stale source of two",
      { sources: [{ ...UP, freshness: UNKNOWN }, { ...UP, freshness: STALE }] },
      "stale",
      "bad",
    ],
    ["data that the service withholds", { refused: "too old" }, "stale", "bad"],
    ["fresh data of a source that fails again and again", { sources: [DOWN] }, "down", "bad"],
    ["one failure alone", { sources: [{ ...DOWN, consecutive_failures: 1 }] }, "fresh", "ok"],
    ["one of two sources down", { sources: [UP, DOWN] }, "down", "bad"],
    ["data before the first verdict", { sources: [] }, "unknown", "warn"],
    ["fresh data that the page has not loaded yet", { age_ms: null }, "fresh", "ok"],
    ["no data, nothing failed", { age_ms: null, sources: [EMPTY] }, "empty", "warn"],
    [
      "no data, the source fails",
      { age_ms: null, sources: [{ ...DOWN, freshness: NO_DATA }] },
      "empty",
      "bad",
    ],
    ["no answer, whatever was last", { is_unreachable: true }, "unreachable", "bad"],
  ] as const
) {
  Deno.test(`judge calls ${words} ${state}`, () => {
    const verdict = judge({ ...CALM, ...situation });
    assertEquals([verdict.state, verdict.level], [state, level]);
  });
}

Deno.test("judge never calls data without a bound fresh", () => {
  const { word } = judge({ ...CALM, sources: [{ ...UP, freshness: UNKNOWN }] });
  assertEquals(word, "Age unknown to be good");
});

Deno.test("judge names source, cause and bound, but no age, which is announced", () => {
  const stale = (age_ms: number) =>
    judge({ ...CALM, sources: [{ ...DOWN, age_ms, freshness: STALE }] }).sentence;
  const sentence = stale(22_222).replaceAll("\u00a0", " ");
  assertStringIncludes(sentence, "http://source/counters fails (refused)");
  assertStringIncludes(sentence, "older than 21.5 s (two data intervals of 10 s plus one poll)");
  assertEquals(stale(22_222), stale(33_333));
});

Deno.test("boundOf names the setting or the interval that the bound follows from", () => {
  const why = (freshness: Partial<Freshness>) =>
    boundOf({ ...UP, freshness: { ...FRESH, ...freshness } }).why.replaceAll("\u00a0", " ");
  assertEquals(why({}), "two data intervals of 10 s plus one poll");
  assertEquals(why({ bound_from: "MAX_STALE_MS" }), "MAX_STALE_MS");
  assertEquals(boundOf({ ...UP, freshness: UNKNOWN }).bound_ms, null);
});

Deno.test("decidingSource is the worst one, and of equals the one nearest to its bound", () => {
  const old = { ...UP, url: "old", age_ms: 9_000 };
  assertEquals(decidingSource([UP, old, EMPTY])?.url, "old");
  const unknown = { ...UP, url: "unknown", freshness: UNKNOWN };
  assertEquals(decidingSource([UP, unknown, old])?.url, "unknown");
  assertEquals(decidingSource([EMPTY]), null);
});

Deno.test("staleRows sums the sources with a bound and has the oldest row", () => {
  const slow = { ...UP, rows_stale: 83, oldest_row_age_ms: 807_000 };
  assertEquals(staleRows([UP, slow]), { stale: 83, rows: 128, oldest_ms: 807_000 });
  assertEquals(staleRows([{ ...UP, rows_stale: null }]), null);
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

Deno.test("sourceState is not known while the service does not respond", () => {
  assertEquals(sourceState(UP, false), { level: "gone", word: "not known" });
});

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
      [UP, { ...DOWN, age_ms: null, freshness: NO_DATA }],
      "1 of 2 sources is down: http://source/counters fails (refused). No data from it yet.",
    ],
  ] as const
) {
  Deno.test(`judge reports what is served while ${words} is down`, () => {
    assertEquals(judge({ ...CALM, sources }).sentence, sentence);
  });
}
