import { assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord } from "../journal/mod.ts";
import { EXIT_CODES, type Judgement, judgeRun, type Verdict } from "../judge/mod.ts";
import { attemptsText } from "../report/mod.ts";
import { simulate } from "../testing/journal.ts";
import { runUntilConclusive } from "./attempts.ts";

const RECORDS = simulate({ conditions: [] });
const JUDGED = judgeRun(RECORDS);
const TROUBLE = { t_ms: 1, kind: "trouble" as const, what: "engine" as const, detail: "gone" };

/** `busy` is inconclusive on a busy machine, `lab` because a part of the lab failed. */
type Outcome = Verdict | "busy" | "lab";

function runOf(outcome: Outcome): { records: readonly JournalRecord[]; judgement: Judgement } {
  const verdict = outcome === "busy" || outcome === "lab" ? "inconclusive" : outcome;
  return {
    records: outcome === "lab" ? [...RECORDS, TROUBLE] : RECORDS,
    judgement: {
      ...JUDGED,
      verdict,
      exit_code: EXIT_CODES[verdict],
      sentence: `it was ${outcome}`,
      is_machines: outcome === "busy",
    },
  };
}

/** The verdict after these runs; later ones must not be needed. */
async function repeated(retries: number, ...outcomes: Outcome[]) {
  const next = outcomes.values();
  const done = await runUntilConclusive({
    dir: "out",
    retries,
    run: () => Promise.resolve(runOf(next.next().value!)),
    isInterrupted: () => false,
    onRepeat: () => {},
  });
  assertEquals(done.attempts.length, outcomes.length);
  return done;
}

for (
  const [retries, outcomes, verdict] of [
    [2, ["held"], "held"],
    [2, ["broken"], "broken"],
    [2, ["rollback failed"], "rollback failed"],
    [2, ["lab"], "inconclusive"],
    [0, ["inconclusive"], "inconclusive"],
    [2, ["busy", "held"], "held"],
    [2, ["busy", "broken"], "broken"],
    [2, ["inconclusive", "held", "held"], "held"],
    [2, ["inconclusive", "held", "broken"], "broken"],
    [2, ["inconclusive", "busy", "held"], "inconclusive"],
    [3, ["inconclusive", "held", "busy", "held"], "inconclusive"],
    [1, ["inconclusive", "held"], "inconclusive"],
  ] as const
) {
  Deno.test(`${outcomes.join(", ")} with ${retries} retries is ${verdict}`, async () => {
    const { judgement } = await repeated(retries, ...outcomes);
    assertEquals([judgement.verdict, judgement.exit_code], [verdict, EXIT_CODES[verdict]]);
  });
}

Deno.test("a held run that does not outweigh a doubt reports the doubt", async () => {
  const { judgement } = await repeated(1, "inconclusive", "held");
  assertMatch(judgement.sentence, /2 held runs in a row are needed \(it was inconclusive\)/);
});

Deno.test("repetitions have folders below the first one, and are listed in order", async () => {
  const done = await repeated(2, "busy", "inconclusive", "held");
  assertEquals(done.attempts.map(({ dir }) => dir), ["out", "out/again-1", "out/again-2"]);
  assertEquals(
    attemptsText(done),
    "inconclusive after 3 runs: inconclusive (busy machine), inconclusive, held",
  );
});
