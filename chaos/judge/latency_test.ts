import { assert, assertEquals, assertMatch } from "@std/assert";
import type { LoadRecord } from "../journal/mod.ts";
import { claim, edit, simulate, type Simulated } from "../testing/journal.ts";
import { seededRandom } from "../vocabulary/mod.ts";
import { bootstrap } from "./bootstrap.ts";
import { type ConditionVerdict, judgeRun } from "./mod.ts";

const P95 = claim("p95_ms", 7, { unit: "ms" });
const RATIO = claim("p95_ratio", 1.5, { unit: "×", when: "faulted" });
const P99 = claim("p99_ratio", 3, { unit: "×" });
const SLOW = claim("slow_share", 0.015, { unit: "%" });
const WAVES = { profile: "waves", env: { VUS: "100", WAVE_MS: "100" } };

function judged(condition: typeof P95, given: Simulated) {
  const { conditions, verdict } = judgeRun(simulate({ ...given, conditions: [condition] }));
  return { ...conditions[0], run: verdict };
}

/** In one window of so many, all requests take this long. */
const sometimes = (one_in: number, slow_ms: number, else_ms: number) => (t_ms: number) =>
  t_ms % (one_in * 100) === 0 ? 2 * slow_ms : else_ms;

for (
  const [words, verdict, given, sentence] of [
    ["within the bound is held", "held", {}, /; the control's is 1 ms$/],
    [
      "beyond a bound that the control kept is broken",
      "broken",
      { p95At: () => 30 },
      /^p95: 30 ms, must be ≤ 7 ms .*; the control's is 1 ms$/,
    ],
    [
      "beyond a bound that the control missed is inconclusive",
      "inconclusive",
      { p95At: () => 30, controlP95At: () => 20 },
      /the control missed it, too; the control's is 20 ms$/,
    ],
    [
      "beyond the bound by less than windows vary is inconclusive",
      "inconclusive",
      { p95At: sometimes(15, 10, 3) },
      /its windows vary too much to blame the subject/,
    ],
    [
      "beyond a bound that the control kept by less than it varies is inconclusive",
      "inconclusive",
      { p95At: () => 30, controlP95At: sometimes(24, 10, 3) },
      /its windows vary too much to blame the subject; the control's is [34]/,
    ],
    [
      "beyond the bound without a control is broken",
      "broken",
      { p95At: () => 30, load: WAVES },
      /^p95: 30 ms, must be ≤ 7 ms \(promised\)/,
    ],
    [
      "beyond the bound in three seconds of thirteen is broken, with its time",
      "broken",
      { baseline_ms: 4000, fault_ms: 3000, p95At: (_, faulted) => faulted ? 500 : 3 },
      /^p95: 500 ms, must be ≤ 7 ms .*; from 5\.0 s to 8\.0 s; the control's is 1 ms$/,
    ],
    [
      "beyond the bound only after the lift is broken",
      "broken",
      { baseline_ms: 20_000, fault_ms: 20_000, p95At: (t_ms) => t_ms > 42_000 ? 30 : 3 },
      /^p95: 30 ms/,
    ],
  ] as [string, ConditionVerdict, Simulated, RegExp][]
) {
  Deno.test(`p95_ms: a p95 ${words}`, () => {
    const one = judged(P95, given);
    assertMatch(one.sentence, sentence);
    assertEquals(one.verdict, verdict);
  });
}

Deno.test("p95_ms: a baseline beyond a bound that the control kept breaks the run", () => {
  const { verdict, run } = judged(P95, { p95At: (_, faulted) => faulted ? 3 : 42 });
  assertEquals([verdict, run], ["broken", "broken"]);
});

Deno.test("p95_ms is the p95 of all requests, not of the windows' p95s", () => {
  assertEquals(judged(P95, { p95At: sometimes(9, 10, 3) }).measured, 20);
});

/** A machine that sometimes slows both sides in the same windows, and each by itself a little. */
function noisy(seed: number, slower_ms = 0): Simulated {
  const random = seededRandom(seed, "noise");
  const hiccups = new Map<number, number>();
  const hiccup = (t_ms: number) => {
    if (!hiccups.has(t_ms)) hiccups.set(t_ms, random() < 0.04 ? 5 * random() : 0);
    return hiccups.get(t_ms)!;
  };
  return {
    controlP95At: (t_ms) => 1 + random() * 0.3 + hiccup(t_ms),
    p95At: (t_ms, faulted) => 1.5 + random() * 0.4 + hiccup(t_ms) + (faulted ? slower_ms : 0),
  };
}

Deno.test("20 noisy runs of a cache that is as fast as before are all held", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const records = simulate({ ...noisy(seed), conditions: [P95, RATIO, P99, SLOW] });
    const { verdict, sentence } = judgeRun(records);
    assertEquals(verdict, "held", `seed ${seed}: ${sentence}`);
  }
});

Deno.test("a cache 3 ms slower under fault is held in none of 40 noisy runs, broken in most", () => {
  const found = Array.from({ length: 40 }, (_, i) => judged(RATIO, noisy(i + 1, 3)).verdict);
  const count = (verdict: ConditionVerdict) => found.filter((one) => one === verdict).length;
  assertEquals(count("held"), 0, found.join(" "));
  assert(count("broken") >= 34, found.join(" "));
});

for (
  const [words, verdict, given] of [
    [
      "five times as slow under fault, but so is the control, is held",
      "held",
      { p95At: (_, on) => on ? 5 : 1, controlP95At: (_, on) => on ? 2.5 : 0.5 },
    ],
    [
      "as slow as before while the control got faster is broken",
      "broken",
      { p95At: () => 5, controlP95At: (_, on) => on ? 1 : 4 },
    ],
    [
      "three times as slow by half a millisecond is held",
      "held",
      { p95At: (_, on) => on ? 0.75 : 0.25, controlP95At: () => 0.25 },
    ],
    [
      "widely varying windows are inconclusive",
      "inconclusive",
      { p95At: (t_ms, on) => sometimes(on ? 15 : 30, 10, 3)(t_ms) },
    ],
    ["twice as slow without a control is broken", "broken", {
      p95At: (_, on) => on ? 6 : 3,
      load: WAVES,
    }],
    ["one second under fault is too short", "inconclusive", {
      fault_ms: 1000,
      p95At: (_, on) => on ? 30 : 3,
    }],
  ] as [string, ConditionVerdict, Simulated][]
) {
  Deno.test(`p95_ratio: ${words}`, () => {
    const one = judged(RATIO, given);
    assertEquals(one.verdict, verdict, one.sentence);
  });
}

/** One answer in 30 takes 40 ms longer, on one side. */
const tail = (side: "subject" | "control" | "both", given: Simulated = {}, one_in = 30) =>
  edit(simulate({ ...given, conditions: [P95, P99, SLOW] }), "load", (load) => {
    const slowed = (durations: LoadRecord["durations"]): LoadRecord["durations"] => {
      const [[fast, count], ...rest] = durations;
      return [[fast, count - 100 / one_in], ...rest, [fast + 40, 100 / one_in]];
    };
    const { durations, control } = load;
    return {
      ...load,
      durations: side === "control" ? durations : slowed(durations),
      ...(control && side !== "subject"
        ? { control: { ...control, durations: slowed(control.durations) } }
        : {}),
    };
  });

Deno.test("one answer in 30 that takes 40 ms longer is broken by p99_ratio and slow_share", () => {
  const { conditions } = judgeRun(tail("subject"));
  assertEquals(conditions.map(({ verdict }) => verdict), ["held", "broken", "broken"]);
  assertMatch(conditions[1].sentence, /2\d\.\d ×, must be ≤ 3 × .*4\d\.\d ms over 1\.5 ms/);
  assertMatch(conditions[2].sentence, /3\.33 %, must be ≤ 1\.5 %/);
});

Deno.test("a tail that the control has, too, is held", () => {
  for (const side of ["both", "control"] as const) {
    const { verdict, sentence } = judgeRun(tail(side));
    assertEquals(verdict, "held", sentence);
  }
});

Deno.test("a tail without a control is inconclusive", () => {
  const { conditions } = judgeRun(tail("subject", { load: WAVES }));
  assertEquals(conditions.map(({ verdict }) => verdict), ["held", "inconclusive", "inconclusive"]);
  assertMatch(conditions[1].sentence, /the load had no control/);
});

Deno.test("what slows both sides in the same windows widens no interval", () => {
  const stalled = { p95At: (t_ms: number) => t_ms % 700 < 200 ? 60 : 3 };
  const { conditions } = judgeRun(tail("subject", { ...stalled, controlP95At: stalled.p95At }));
  assertEquals(conditions[2].verdict, "broken", conditions[2].sentence);
  const shared = { ...stalled, controlP95At: stalled.p95At };
  const barely = judgeRun(tail("subject", shared, 45)).conditions[2];
  assertEquals(barely.verdict, "inconclusive", barely.sentence);
});

Deno.test("bootstrap covers the true value about as often as promised", () => {
  let covered = 0;
  for (let run = 1; run <= 100; run++) {
    const random = seededRandom(run, "coverage");
    const windows = Array.from({ length: 24 }, (_, i): LoadRecord => {
      const over = Math.floor(random() * 11);
      return {
        kind: "load",
        t_ms: (i + 1) * 100,
        window_ms: 100,
        requests: 10,
        failed: 0,
        durations: [[1, 10 - over], [2, over]],
        age_max_ms: null,
        vus: 10,
      };
    });
    const [low, high] = bootstrap([windows], ([{ subject }]) => subject.shareOver(1));
    if (low <= 0.5 && 0.5 <= high) covered++;
  }
  // 98 % for independent windows; blocks of few windows cover slightly less.
  assert(covered >= 88, `${covered} of 100`);
});
