import { assert, assertEquals, assertMatch } from "@std/assert";
import { claim, edit, faultOf, simulate, type Simulated, timesOf } from "../testing/journal.ts";
import { cpu, seededRandom } from "../vocabulary/mod.ts";
import { bootstrap } from "./bootstrap.ts";
import { type ConditionVerdict, judgeRun } from "./mod.ts";

const CONDITIONS = [
  claim("p95_ratio", 1.2, { unit: "×", when: "faulted" }),
  claim("p95_ms", 7, { unit: "ms" }),
];

/** p95s of a busy machine: noise, and sometimes a window twice as slow. */
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

Deno.test("20 noisy runs of a cache that is as fast as before are all held", () => {
  for (let seed = 1; seed <= 20; seed++) {
    assertEquals(verdicts(noisy(seed)), ["held", "held"], `seed ${seed}`);
  }
});

Deno.test("a cache 2 ms slower under fault is held in none of 40 noisy runs, and broken in most", () => {
  const found = Array.from({ length: 40 }, (_, i) => verdicts(noisy(i + 1, 2))[0]);
  const count = (verdict: ConditionVerdict) => found.filter((one) => one === verdict).length;
  assertEquals(count("held"), 0, found.join(" "));
  assert(count("broken") >= 34, found.join(" "));
});

Deno.test("p95_ratio: twice a very short time is within the noise of timers", () => {
  const { conditions } = judgeRun(simulate({
    conditions: CONDITIONS,
    p95At: (_, faulted) => faulted ? 0.5 : 0.25,
  }));
  assertEquals(conditions[0].verdict, "held");
  assertMatch(
    conditions[0].sentence,
    /1\.98 ×, claimed .*within the noise of timers and the scheduler/,
  );
});

Deno.test("p95_ratio: widely varying windows are inconclusive", () => {
  const random = seededRandom(3, "wild");
  const { conditions } = judgeRun(simulate({
    conditions: CONDITIONS,
    p95At: (_, faulted) => faulted ? 1 + random() * 30 : 1 + random() * 12,
  }));
  assertEquals(conditions[0].verdict, "inconclusive", conditions[0].sentence);
});

Deno.test("p95_ratio: one second of waves is too short", () => {
  const { conditions } = judgeRun(simulate({
    conditions: CONDITIONS.slice(0, 1),
    baseline_ms: 5000,
    fault_ms: 1000,
    p95At: (_, faulted) => faulted ? 30 : 3,
  }));
  assertEquals(conditions[0].verdict, "inconclusive", conditions[0].sentence);
  assertMatch(conditions[0].sentence, /too few samples/);
});

Deno.test("p95_ratio: slowness while other programs are busy is inconclusive", () => {
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
  assertMatch(judged.sentence, /other programs used 82 % of a core meanwhile, 2 % before/);
});

Deno.test("bootstrap covers the true value about as often as promised", () => {
  let covered = 0;
  for (let run = 1; run <= 100; run++) {
    const random = seededRandom(run, "coverage");
    const sample = Array.from({ length: 24 }, () => random());
    const mean = ([values]: readonly Float64Array[]) =>
      values.reduce((sum, x) => sum + x, 0) / values.length;
    const [low, high] = bootstrap([sample], mean);
    if (low <= 0.5 && 0.5 <= high) covered++;
  }
  // 98 % for independent windows; blocks of few windows cover slightly less.
  assert(covered >= 88, `${covered} of 100`);
});

Deno.test("p95_ratio: a value within its bound is inconclusive if it may have doubled", () => {
  // Each half second is either 3 or 20 ms, so a few seconds catch either by chance.
  const slow = (t_ms: number) => Math.floor(t_ms / 500) % 3 === 0;
  const [judged] = judgeRun(simulate({
    conditions: CONDITIONS.slice(0, 1),
    baseline_ms: 3000,
    fault_ms: 3000,
    p95At: (t_ms, faulted) => slow(t_ms) ? (faulted ? 22 : 20) : (faulted ? 4 : 3),
  })).conditions;
  assert((judged.measured ?? 9) <= 1.2, judged.sentence);
  assertEquals(judged.verdict, "inconclusive", judged.sentence);
  assertMatch(judged.sentence, /windows vary too much for a verdict/);
});

Deno.test("p95_ratio: a thread that stalls for 30 ms in a third of the waves is broken", () => {
  const random = seededRandom(5, "stalls");
  const [judged] = judgeRun(simulate({
    conditions: CONDITIONS.slice(0, 1),
    p95At: (_, faulted) => 3 + random() + (faulted && random() < 0.35 ? 30 : 0),
  })).conditions;
  assertEquals(judged.verdict, "broken", judged.sentence);
});

Deno.test("p95_ms: three slow seconds in a run of thirteen are broken, and the time is reported", () => {
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

Deno.test("p95_ms: slowness that persists after the lift is broken", () => {
  const { conditions: [judged] } = judgeRun(simulate({
    conditions: [claim("p95_ms", 7, { unit: "ms" })],
    baseline_ms: 20_000,
    fault_ms: 20_000,
    p95At: (t_ms) => t_ms > 42_000 ? 30 : 3,
  }));
  assertEquals(judged.verdict, "broken", judged.sentence);
});

Deno.test("p95_ms: other programs count only while the load is slow", () => {
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

const TIMES = timesOf();
const OLD_MS = TIMES.verify + 2_500;

const AGES = [claim("age_max_ms", 2_500, { unit: "ms", when: "unfaulted" })];

/** One response after the recovery is that old; other programs use 80 % of a core for a while. */
function judgedAge(
  age_ms: number,
  busy: { from_ms: number; to_ms: number } | null,
  given: Parameters<typeof simulate>[0] = {},
) {
  const aged = edit(
    simulate({ conditions: AGES, ...given }),
    "probe",
    (probe) => Math.abs(probe.t_ms - OLD_MS) < 60 ? { ...probe, age_ms } : probe,
  );
  const taken = (t_ms: number) =>
    busy === null ? 0 : 0.8 * Math.max(0, Math.min(t_ms, busy.to_ms) - busy.from_ms);
  const records = edit(
    aged,
    "process_sample",
    (sample) =>
      sample.process === "others"
        ? { ...sample, cpu_ms: Number(sample.cpu_ms) + taken(sample.t_ms) }
        : sample,
  );
  return judgeRun(records).conditions[0];
}

const RIGHT_BEFORE = { from_ms: TIMES.verify - 2_000, to_ms: TIMES.end };

Deno.test("age_max_ms: one late poll while other programs are busy is inconclusive", () => {
  const { verdict, sentence } = judgedAge(3_900, RIGHT_BEFORE);
  assertEquals(verdict, "inconclusive", sentence);
  assertMatch(sentence, /3\.9 s, claimed ≤ 2\.5 s .*other programs used \d+ % of a core meanwhile/);
});

for (
  const [words, age_ms, busy] of [
    ["on a machine of its own", 3_900, null],
    ["if others were busy long before", 3_900, { from_ms: TIMES.on, to_ms: TIMES.on + 3_000 }],
    ["by more than a late poll, even if others are busy", 4_100, RIGHT_BEFORE],
  ] as const
) {
  Deno.test(`age_max_ms: an age beyond its bound is broken ${words}`, () => {
    const { verdict, sentence } = judgedAge(age_ms, busy);
    assertEquals(verdict, "broken", sentence);
  });
}

Deno.test("age_max_ms: an age beyond its bound is broken if the fault uses the CPU", () => {
  const { verdict, sentence } = judgedAge(3_900, RIGHT_BEFORE, {
    fault: faultOf(cpu({ workers: 1, share: 0.9 })),
  });
  assertEquals(verdict, "broken", sentence);
});
