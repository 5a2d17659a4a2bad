/** The verdict of a run: a pure function of its journal. */
import type { JournalRecord } from "../journal/mod.ts";
import { bitesOf } from "./bite.ts";
import { decide } from "./decide.ts";
import type { Doubt } from "./doubt.ts";
import { doubtsOf } from "./doubts.ts";
import { endedByItself, rollbackFailure } from "./findings.ts";
import {
  type ConditionJudgement,
  type Decision,
  EXIT_CODES,
  type Judgement,
  type Verdict,
} from "./judgement.ts";
import { measuredQuantities } from "./quantities.ts";
import { counted } from "./quantity.ts";
import { readRun } from "./run.ts";

/**
 * Judges a journal. In this order, the first that is true:
 *
 * 1. *rollback failed*: something is not as it was before the run.
 * 2. *broken*: a condition is false with enough samples and no doubt it depends on, or the subject
 *    ended by itself.
 * 3. *inconclusive*: a doubt about the run (cut journal, trouble of the lab, failed baseline, fault
 *    without bite, interruption), or a condition with too little to say.
 * 4. *held*.
 *
 * So broken beats inconclusive only where the broken condition does not depend on what is doubtful:
 *
 * - after a cut, an interruption, an abort or an engine's failure at an instant: what a single sample
 *   before that instant broke (an age, a wrong answer). Shares and percentiles of a part do not stand
 *   for the whole; a share of failed requests or probes does where failing was the reason of an abort;
 * - a failed baseline or a fault without bite: what is wrong whatever the network does (bad data,
 *   stale answers that do not say so). These are no part of the baseline's check either;
 * - trouble with the load: every condition that does not rest on the load;
 * - samples of the load that came too late, or are missing: the same, and every broken condition but a
 *   ratio to a baseline that lacks some;
 * - trouble with the subject after the first fault: every broken condition.
 *
 * ```ts
 * judgeRun(records).sentence; // "largest age under fault: 14.2 s, not ≤ 12 s (fault 8 s + …)"
 * ```
 */
export function judgeRun(records: readonly JournalRecord[]): Judgement {
  const run = readRun(records);
  if (run === null) {
    return {
      ...outcome(
        "inconclusive",
        "the journal has no first line: nobody knows what was claimed",
        null,
      ),
      conditions: [],
      measures: [],
      bite: [],
      phases: [],
      doubts: [],
    };
  }
  const bite = bitesOf(run);
  const doubts = doubtsOf(run, bite);
  const conditions = run.header.plan.conditions.map((condition) =>
    doubted(decide(run, condition), doubts)
  );
  const { verdict, sentence, decided_by } = decideAll(conditions, doubts, {
    rollback: rollbackFailure(run),
    ended: endedByItself(run),
  });
  return {
    ...outcome(verdict, sentence, decided_by),
    conditions,
    measures: measuredQuantities(run),
    bite,
    phases: run.phases,
    doubts: doubts.map(({ text }) => text),
  };
}

type Finding = Decision & { sentence: string };

function decideAll(
  conditions: readonly ConditionJudgement[],
  doubts: readonly Doubt[],
  found: { rollback: Finding | null; ended: Finding | null },
): { verdict: Verdict; sentence: string; decided_by: Decision | null } {
  const because = ({ sentence, t_ms, text }: Finding) => ({ sentence, decided_by: { t_ms, text } });
  if (found.rollback !== null) return { verdict: "rollback failed", ...because(found.rollback) };
  const broken = conditions.find(({ verdict }) => verdict === "broken");
  if (broken !== undefined) {
    return { verdict: "broken", sentence: broken.sentence, decided_by: broken.decided_by };
  }
  if (found.ended !== null) return { verdict: "broken", ...because(found.ended) };
  if (doubts.length > 0) {
    const { text, t_ms } = doubts[0];
    return { verdict: "inconclusive", sentence: text, decided_by: { t_ms, text } };
  }
  const open = conditions.find(({ verdict }) => verdict === "inconclusive");
  if (open !== undefined) {
    return { verdict: "inconclusive", sentence: open.sentence, decided_by: open.decided_by };
  }
  if (conditions.length === 0) {
    return { verdict: "inconclusive", sentence: "the plan claims nothing", decided_by: null };
  }
  return {
    verdict: "held",
    sentence: `${counted(conditions.length, "condition")} held`,
    decided_by: null,
  };
}

/** A condition in the light of doubts: what depends on one is inconclusive. */
function doubted(judged: ConditionJudgement, doubts: readonly Doubt[]): ConditionJudgement {
  if (judged.verdict === "inconclusive") return judged;
  const doubt = doubts.find((one) => !one.spares(judged));
  if (doubt === undefined) return judged;
  return { ...judged, verdict: "inconclusive", doubt: doubt.text };
}

function outcome(verdict: Verdict, sentence: string, decided_by: Decision | null) {
  return { verdict, exit_code: EXIT_CODES[verdict], sentence, decided_by };
}
