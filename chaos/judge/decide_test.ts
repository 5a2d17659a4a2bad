import { assertEquals, assertMatch } from "@std/assert";
import { claim, edit, faultOf, simulate, timesOf } from "../testing/journal.ts";
import { cpu } from "../vocabulary/mod.ts";
import { judgeRun } from "./mod.ts";

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
