import { assertEquals, assertMatch } from "@std/assert";
import { judgeClock, judgeRowTimes } from "./judge_source.ts";

const NOW_MS = 1_767_000_000_500;
const CLOCKS = {
  date_ms: 1_767_000_000_000,
  snapshot_ms: null,
  requested_ms: NOW_MS,
  answered_ms: NOW_MS,
};

for (
  const [words, change, max_stale_ms, state, found] of [
    ["the same time", {}, Infinity, "ok", /^within 2 s/],
    ["no time", { date_ms: null }, Infinity, "ok", /sends no time/],
    [
      "2 s behind, within the second of the header",
      { date_ms: NOW_MS - 2_900 },
      Infinity,
      "ok",
      /^within/,
    ],
    ["a minute behind", { date_ms: NOW_MS - 61_000 }, Infinity, "warning", /60 s behind$/],
    ["a minute ahead", { date_ms: NOW_MS + 60_000 }, Infinity, "warning", /60 s ahead$/],
    [
      "more than MAX_STALE_MS behind",
      { date_ms: NOW_MS - 61_000 },
      30_000,
      "broken",
      /MAX_STALE_MS/,
    ],
    ["ahead with MAX_STALE_MS", { date_ms: NOW_MS + 61_000 }, 30_000, "warning", /61 s ahead/],
    [
      "a snapshot of the future",
      { snapshot_ms: NOW_MS + 9_000 },
      Infinity,
      "warning",
      /9 s in the future/,
    ],
    ["an old snapshot", { snapshot_ms: NOW_MS - 99_000 }, Infinity, "ok", /^within/],
  ] as const
) {
  Deno.test(`judgeClock on ${words}: ${state}`, () => {
    const one = judgeClock({ ...CLOCKS, ...change }, max_stale_ms);
    assertEquals(one.state, state, one.found);
    assertMatch(one.found, found);
  });
}

const SETTINGS = { id_columns: [], row_times: { column: "", unit: "auto" } } as const;

for (
  const [words, csv, states, found] of [
    ["times in ms", "switch_id,timestamp\nx,1766999998000\n", ["ok"], /in ms, the newest 3 s old$/],
    ["no column", "switch_id,a\nx,1\n", [], null],
    ["a column of no times", "switch_id,timestamp\nx,noon\n", ["warning"], /unreadable: .*"noon"/],
    ["a refused body", "timestamp\n1\n", [], null],
  ] as const
) {
  Deno.test(`judgeRowTimes on ${words}: ${states.join("")}`, () => {
    const outcome = { body: new TextEncoder().encode(csv), is_cut: false, answered_ms: NOW_MS };
    const findings = judgeRowTimes(outcome, SETTINGS);
    assertEquals(findings.map(({ state }) => state), [...states]);
    if (found !== null) assertMatch(findings[0].found, found);
  });
}
