import { assertEquals, assertMatch } from "@std/assert";
import {
  judgeAge,
  judgeClock,
  judgeRowTimes,
  judgeSource,
  type SourceProbe,
} from "./judge_source.ts";

const NOW_MS = 1_767_000_000_500;
const CLOCKS = {
  date_ms: 1_767_000_000_000,
  snapshot_ts: NaN,
  data_age_ms: NaN,
  cache_age_ms: NaN,
  requested_ms: NOW_MS,
  answered_ms: NOW_MS,
};

for (
  const [words, change, max_stale_ms, state, found] of [
    ["the same time", {}, Infinity, "ok", /^within 2 s/],
    ["no time", { date_ms: NaN }, Infinity, "ok", /sends no time/],
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
      { snapshot_ts: NOW_MS + 9_000 },
      Infinity,
      "warning",
      /9 s in the future/,
    ],
    ["an old snapshot", { snapshot_ts: NOW_MS - 99_000 }, Infinity, "ok", /^within/],
  ] as const
) {
  Deno.test(`judgeClock on ${words}: ${state}`, () => {
    const one = judgeClock({ ...CLOCKS, ...change }, max_stale_ms);
    assertEquals(one.state, state, one.found);
    assertMatch(one.found, found);
  });
}

for (
  const [words, change, found] of [
    ["a fresh answer", {}, null],
    ["the answer of a cache", { cache_age_ms: 100_000 }, /data 100 s back, over MAX_STALE_MS/],
    ["an old X-Snapshot-Ts", { snapshot_ts: NOW_MS - 70_000 }, /data 70 s back/],
    ["an old Date", { date_ms: NOW_MS - 90_000 }, /data 89 s back/],
  ] as const
) {
  Deno.test(`judgeAge on ${words}: ${found === null ? "no finding" : "broken"}`, () => {
    const findings = judgeAge({ ...CLOCKS, ...change }, 60_000);
    assertEquals(findings.map(({ state }) => state), found === null ? [] : ["broken"]);
    if (found !== null) assertMatch(findings[0].found, found);
    assertEquals(judgeAge({ ...CLOCKS, ...change }, Infinity), []);
  });
}

const SETTINGS = {
  id_columns: [],
  row_times: { column: "", unit: "auto" },
  max_stale_ms: 60_000,
} as const;

for (
  const [words, csv, states, found] of [
    ["times in ms", "switch_id,timestamp\nx,1766999998000\n", ["ok"], /in ms, the newest 3 s old$/],
    ["old times", "switch_id,timestamp\nx,1766999900\n", ["broken"], /s old, over MAX_STALE_MS/],
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

const failed = (cause: "refused" | "dns", is_named: boolean): SourceProbe => ({
  url: "http://h/c",
  is_named,
  outcome: { kind: "failed", cause, detail: "why" },
});
const answered = (status: number): SourceProbe => ({
  url: "http://h/c",
  is_named: true,
  outcome: {
    kind: "answered",
    status,
    body: new TextEncoder().encode("switch_id,a,b\nsw-0,1,2\nsw-1,3,4\n"),
    is_cut: false,
    ...CLOCKS,
  },
});

for (
  const [words, probe, states, advice] of [
    ["the simulator, not started", failed("refused", false), ["note"], /deno task dev/],
    ["a named source that refuses", failed("refused", true), ["broken"], /UPSTREAM_URL/],
    ["a host without an address", failed("dns", false), ["broken"], /host in UPSTREAM_URL/],
    ["404", answered(404), ["broken"], /path in UPSTREAM_URL/],
    ["401", answered(401), ["broken"], /user and password/],
    ["500", answered(500), ["broken"], /curl -i 'http:\/\/h\/c'/],
    ["a sound answer", answered(200), ["ok", "ok", "ok"], null],
  ] as const
) {
  Deno.test(`judgeSource on ${words}: ${states.join(", ")}`, () => {
    const findings = judgeSource(probe, { ...SETTINGS, max_stale_ms: Infinity });
    assertEquals(findings.map(({ state }) => state), [...states]);
    if (advice !== null) assertMatch(findings[0].advice!, advice);
  });
}
