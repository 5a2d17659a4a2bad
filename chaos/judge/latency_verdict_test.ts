import { assert, assertEquals, assertMatch } from "@std/assert";
import { claim, edit, simulate, type Simulated } from "../testing/journal.ts";
import { seededRandom } from "../vocabulary/mod.ts";
import { bootstrap } from "./bootstrap.ts";
import { type ConditionVerdict, judgeRun } from "./mod.ts";

const CONDITIONS = [
  claim("p95_ratio", 1.2, { unit: "×", when: "faulted" }),
  claim("p95_ms", 7, { unit: "ms" }),
];

/** p95s of a busy machine: some noise, and now and then a window twice as slow. */
function noisy(seed: number, slower_ms = 0): Simulated {
  const random = seededRandom(seed, "noise");
  return {
    conditions: CONDITIONS,
    p95At: (_, faulted) => {
      const hiccup = random() < 0.08 ? 2 : 1;
      return (3 + random() * 0.8) * hiccup + (faulted ? slower_ms : 0);
    },
  };
}

function verdicts(given: Simulated): ConditionVerdict[] {
  return judgeRun(simulate(given)).conditions.map(({ verdict }) => verdict);
}

Deno.test("20 noisy runs of a cache that is as fast as before all hold", () => {
  for (let seed = 1; seed <= 20; seed++) {
    assertEquals(verdicts(noisy(seed)), ["held", "held"], `seed ${seed}`);
  }
});

Deno.test("a cache 2 ms slower under fault holds in none of 40 noisy runs, and most find it", () => {
  const found = Array.from({ length: 40 }, (_, i) => verdicts(noisy(i + 1, 2))[0]);
  const count = (verdict: ConditionVerdict) => found.filter((one) => one === verdict).length;
  assertEquals(count("held"), 0, found.join(" "));
  assert(count("broken") >= 34, found.join(" "));
});

Deno.test("p95_ratio: twice next to nothing is within what timers make, and says so", () => {
  const { conditions } = judgeRun(simulate({
    conditions: CONDITIONS,
    p95At: (_, faulted) => faulted ? 0.5 : 0.25,
  }));
  assertEquals(conditions[0].verdict, "held");
  assertMatch(
    conditions[0].sentence,
    /1\.98 ×, claimed .*within what timers and the scheduler make/,
  );
});

Deno.test("p95_ratio: windows all over the place are inconclusive", () => {
  const random = seededRandom(3, "wild");
  const { conditions } = judgeRun(simulate({
    conditions: CONDITIONS,
    p95At: (_, faulted) => faulted ? 1 + random() * 30 : 1 + random() * 12,
  }));
  assertEquals(conditions[0].verdict, "inconclusive", conditions[0].sentence);
});

Deno.test("p95_ratio: a second of waves is too little", () => {
  const { conditions } = judgeRun(simulate({
    conditions: CONDITIONS.slice(0, 1),
    baseline_ms: 5000,
    fault_ms: 1000,
    p95At: (_, faulted) => faulted ? 30 : 3,
  }));
  assertEquals(conditions[0].verdict, "inconclusive", conditions[0].sentence);
  assertMatch(conditions[0].sentence, /too few to say/);
});

Deno.test("p95_ratio: slowness that came with other programs' work is inconclusive", () => {
  const slow = simulate({ ...noisy(1, 4), conditions: CONDITIONS.slice(0, 1) });
  const busy = edit(
    slow,
    "process_sample",
    (sample) =>
      sample.process === "others" && sample.t_ms > 6000
        ? { ...sample, cpu_ms: Number(sample.cpu_ms) + (sample.t_ms - 6000) * 0.8 }
        : sample,
  );
  const [judged] = judgeRun(busy).conditions;
  assertEquals(judged.verdict, "inconclusive");
  assertMatch(judged.sentence, /other programs took 82 % of a core meanwhile, 2 % before/);
});

Deno.test("bootstrap covers the truth about as often as it says", () => {
  let covered = 0;
  for (let run = 1; run <= 100; run++) {
    const random = seededRandom(run, "coverage");
    const sample = Array.from({ length: 24 }, () => random());
    const mean = ([values]: readonly Float64Array[]) =>
      values.reduce((sum, x) => sum + x, 0) / values.length;
    const [low, high] = bootstrap([sample], mean);
    if (low <= 0.5 && 0.5 <= high) covered++;
  }
  // 98 % where windows were independent; blocks of few windows cover a little less.
  assert(covered >= 88, `${covered} of 100`);
});

Deno.test("p95_ratio within its bound says nothing where a doubling cannot be ruled out", () => {
  // Half a second at a time either is 3 or 20 ms: which of it a second or two catch is chance.
  const slow = (t_ms: number) => Math.floor(t_ms / 500) % 3 === 0;
  const [judged] = judgeRun(simulate({
    conditions: CONDITIONS.slice(0, 1),
    baseline_ms: 3000,
    fault_ms: 3000,
    p95At: (t_ms, faulted) => slow(t_ms) ? (faulted ? 22 : 20) : (faulted ? 4 : 3),
  })).conditions;
  assert((judged.measured ?? 9) <= 1.2, judged.sentence);
  assertEquals(judged.verdict, "inconclusive", judged.sentence);
  assertMatch(judged.sentence, /windows differ too much to say anything/);
});

Deno.test("p95_ratio: a thread that stands still for 30 ms in a third of the waves is found", () => {
  const random = seededRandom(5, "stalls");
  const [judged] = judgeRun(simulate({
    conditions: CONDITIONS.slice(0, 1),
    p95At: (_, faulted) => 3 + random() + (faulted && random() < 0.35 ? 30 : 0),
  })).conditions;
  assertEquals(judged.verdict, "broken", judged.sentence);
});

Deno.test("p95_ms: three slow seconds of a fault are found in a run of thirteen, and told", () => {
  const slow_under_fault: Simulated = {
    conditions: [claim("p95_ms", 7, { unit: "ms" })],
    baseline_ms: 4000,
    fault_ms: 3000,
    p95At: (_, faulted) => faulted ? 500 : 3,
  };
  const [judged] = judgeRun(simulate(slow_under_fault)).conditions;
  assertEquals([judged.verdict, judged.measured], ["broken", 500], judged.sentence);
  assertMatch(judged.sentence, /^p95: 500 ms, must be ≤ 7 ms .*; from 5\.0 s to 8\.0 s/);
});

Deno.test("p95_ms: slowness that stays after the lift is found by itself too", () => {
  const { conditions: [judged] } = judgeRun(simulate({
    conditions: [claim("p95_ms", 7, { unit: "ms" })],
    baseline_ms: 20_000,
    fault_ms: 20_000,
    p95At: (t_ms) => t_ms > 42_000 ? 30 : 3,
  }));
  assertEquals(judged.verdict, "broken", judged.sentence);
});

Deno.test("p95_ms: what other programs took counts where it is slow, not elsewhere", () => {
  const busyFrom = (from_ms: number, to_ms: number) =>
    edit(
      simulate({
        conditions: [claim("p95_ms", 7, { unit: "ms" })],
        p95At: (_, faulted) => faulted ? 30 : 3,
      }),
      "process_sample",
      (sample) => {
        const busy_ms = Math.max(0, Math.min(sample.t_ms, to_ms) - from_ms);
        return sample.process === "others"
          ? { ...sample, cpu_ms: Number(sample.cpu_ms) + busy_ms * 0.8 }
          : sample;
      },
    );
  const verdict = (from_ms: number, to_ms: number) =>
    judgeRun(busyFrom(from_ms, to_ms)).conditions[0].verdict;
  assertEquals(verdict(6000, 11_000), "inconclusive");
  assertEquals(verdict(12_000, 17_000), "broken");
});
