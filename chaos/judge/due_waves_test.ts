import { assert, assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord, LoadRecord } from "../journal/mod.ts";
import { claim, edit, simulate, timesOf } from "../testing/journal.ts";
import { wavesOf } from "../vocabulary/mod.ts";
import { dueInWaves, wavesDue } from "./due_waves.ts";
import { bucketPercentile, countOf } from "./load_windows.ts";
import { judgeRun } from "./mod.ts";

const WINDOW_MS = 100, USERS = 100;
const TIMES = timesOf();

const window = (t_ms: number, durations: LoadRecord["durations"] = []): LoadRecord => ({
  t_ms,
  kind: "load",
  window_ms: WINDOW_MS,
  requests: durations.reduce((sum, [, count]) => sum + count, 0),
  failed: 0,
  durations,
  age_max_ms: null,
  vus: USERS,
});

/** Windows until that time, empty except for those given. */
function windows(until_ms: number, ...given: readonly LoadRecord[]): LoadRecord[] {
  return Array.from({ length: until_ms / WINDOW_MS }, (_, i) => {
    const t_ms = (i + 1) * WINDOW_MS;
    return given.find((one) => one.t_ms === t_ms) ?? window(t_ms);
  });
}

const durationsOf = (load: readonly LoadRecord[]) =>
  Object.fromEntries(
    load.filter(({ durations }) => durations.length > 0)
      .map(({ t_ms, durations }) => [t_ms, durations]),
  );

Deno.test("dueInWaves adds the waves a slow answer suppressed, with their waiting times", () => {
  const load = windows(1000, window(600, [[3, 10], [350, 40]]));
  assertEquals(durationsOf(dueInWaves(load, { users: 50, every_ms: 100 })), {
    300: [[350, 40]],
    400: [[250, 40]],
    500: [[150, 40]],
    600: [[3, 10], [50, 40]],
  });
});

Deno.test("dueInWaves: a duration recorded 1 % too long suppresses no wave that was sent", () => {
  const waves = { users: 7, every_ms: 100 };
  const due = (...given: LoadRecord[]) => durationsOf(dueInWaves(windows(500, ...given), waves));
  const asked = window(200, [[3, 7]]), late = window(300, [[101, 7]]);
  assertEquals(due(asked, late), { 200: [[3, 7]], 300: [[101, 7]] });
  assertEquals(due(late), { 200: [[101, 7]], 300: [[1, 7]] });
  assertEquals(due(window(200, [[3, 2]]), late), {
    200: [[3, 2], [101, 5]],
    300: [[1, 5], [101, 2]],
  });
  const longer = window(300, [[102, 7]]);
  assertEquals(due(asked, longer), { 200: [[3, 7], [102, 7]], 300: [[2, 7]] });
});

Deno.test("dueInWaves handles waves further apart than windows", () => {
  // Waves at 1, 451, 901 and 1351 ms: the answer to the second came at 1451 ms.
  const load = windows(2000, window(1500, [[1000, 25]]));
  assertEquals(durationsOf(dueInWaves(load, { users: 25, every_ms: 450 })), {
    500: [[1000, 25]],
    1000: [[550, 25]],
    1400: [[100, 25]],
  });
});

Deno.test("dueInWaves drops waves due before the first window and keeps other fields", () => {
  const slow = { ...window(100, [[350, 4]]), failed: 2, age_max_ms: 70 };
  const [due] = dueInWaves([slow], { users: 4, every_ms: 100 });
  assertEquals(due, { ...slow, durations: [[50, 4]] });
});

Deno.test("wavesDue counts waves on the run's clock for any span", () => {
  const due = (from_ms: number, to_ms: number, every_ms: number) =>
    wavesDue({ from_ms, to_ms }, { users: 1, every_ms });
  assertEquals([due(0, 100, 100), due(100, 1300, 100), due(1, 1, 100)], [1, 12, 0]);
  assertEquals([due(400, 500, 450), due(500, 900, 450), due(0, 4500, 450)], [1, 0, 10]);
});

Deno.test("wavesOf is null for other load profiles", () => {
  assertEquals(wavesOf({ profile: "waves", env: {} }), { users: 100, every_ms: 250 });
  assertEquals(wavesOf({ profile: "soak", env: { VUS: "5" } }), null);
});

/** The load that waves.js records for a subject that answers after `wait`. */
function closedLoop(records: readonly JournalRecord[], wait: (t_ms: number) => number) {
  const answered = new Map<number, [number, number][]>();
  for (let t_ms = 1; t_ms < 60_000;) {
    const end_ms = t_ms + wait(t_ms);
    const window_ms = (Math.floor(end_ms / WINDOW_MS) + 1) * WINDOW_MS;
    answered.set(window_ms, [...answered.get(window_ms) ?? [], [end_ms - t_ms, USERS]]);
    const idle_ms = Math.max(end_ms, t_ms + 50);
    t_ms = (Math.floor((idle_ms - 1) / WINDOW_MS) + 1) * WINDOW_MS + 1;
  }
  return edit(records, "load", (load) => {
    const durations = (answered.get(load.t_ms) ?? []).toSorted(([a], [b]) => a - b);
    return { ...load, durations, requests: durations.length * USERS };
  });
}

const inFault = (t_ms: number) => t_ms > TIMES.on && t_ms < TIMES.off;
/** 3 ms, except that under fault the subject stalls for the first `still_ms` of every 2 s. */
const stalling = (still_ms: number) => (t_ms: number) =>
  inFault(t_ms) && t_ms % 2000 < still_ms ? still_ms - t_ms % 2000 + 3 : 3;

const WAVES = { profile: "waves", env: { VUS: "100", WAVE_MS: "100" } };
const LATENCIES = [
  claim("p95_ms", 7, { unit: "ms" }),
  claim("p95_ratio", 1.2, { unit: "×", when: "faulted" }),
];

Deno.test("a subject that stalls for 900 ms of every 2 s under fault is broken by both measures", () => {
  const records = closedLoop(simulate({ conditions: LATENCIES, load: WAVES }), stalling(900));
  const { verdict, conditions, doubts } = judgeRun(records);
  assertEquals([verdict, doubts], ["broken", []]);
  assertEquals(conditions.map((one) => one.verdict), ["broken", "broken"]);
  assertMatch(conditions[0].decided_by?.text ?? "", /p95 of 100 requests .* was 9\d\d ms/);
});

Deno.test("the same loop against a subject that never stalls is held", () => {
  const { verdict, sentence } = judgeRun(
    closedLoop(simulate({ conditions: LATENCIES, load: WAVES }), stalling(0)),
  );
  assertEquals(verdict, "held", sentence);
});

Deno.test("dueInWaves has exactly the answers that the users owe", () => {
  const records = closedLoop(simulate({ conditions: LATENCIES, load: WAVES }), stalling(900));
  const load = records.filter((record) => record.kind === "load");
  const due = dueInWaves(load, { users: USERS, every_ms: WINDOW_MS });
  const count = (windows: readonly LoadRecord[]) =>
    windows.reduce((sum, { durations }) => durations.reduce((n, [, count]) => n + count, sum), 0);
  assertEquals(count(due), due.length * USERS);
  assert(count(load) < 0.9 * count(due));
});

Deno.test("bucketPercentile is the bound of the bucket at rank ⌈n · p / 100⌉", () => {
  const durations = [[1, 90], [2, 5], [4, 5]] as const;
  assertEquals([0, 50, 90, 91, 95, 96, 100].map((p) => bucketPercentile(durations, p)), [
    1,
    1,
    1,
    2,
    2,
    4,
    4,
  ]);
  assertEquals(bucketPercentile([], 95), NaN);
  assertEquals(countOf(durations), 100);
});
