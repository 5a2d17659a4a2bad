/** The verdict of a run: a pure function of its journal. */
import type { JournalRecord } from "../journal/mod.ts";
import { decide } from "./decide.ts";
import { type Doubt, doubtsOf, isMachines } from "./doubts.ts";
import { faultEffects } from "./fault_effects.ts";
import { instant } from "./format.ts";
import {
  type ConditionJudgement,
  type Decision,
  EXIT_CODES,
  type Judgement,
  type Verdict,
} from "./judgement.ts";
import { latenciesOf } from "./latencies.ts";
import { measuredQuantities } from "./measured_quantities.ts";
import { provenSentence } from "./proven.ts";
import { readRun, type Run } from "./run.ts";

/**
 * Judges a journal. The first of these that applies is the verdict:
 *
 * 1. *rollback failed*: something is not as it was before the run.
 * 2. *broken*: a condition is false with enough samples, and no doubt affects it; or the subject
 *    ended by itself.
 * 3. *inconclusive*: there is a doubt about the run (truncated journal, trouble in the lab, failed
 *    baseline, fault without effect, interruption), or a condition is inconclusive.
 * 4. *held*.
 *
 * A broken condition decides only if no doubt affects it. Each doubt in `doubts.ts` states which
 * conditions it spares: for example, a response that lied before an interruption stays a lie.
 *
 * ```ts
 * judgeRun(records).sentence; // "largest age under fault: 14.2 s, must be ≤ 12 s (fault 8 s + …)"
 * ```
 */
export function judgeRun(records: readonly JournalRecord[]): Judgement {
  const run = readRun(records);
  if (run === null) {
    return {
      ...outcome("inconclusive", "the journal has no first line, which holds the claims", null),
      conditions: [],
      measures: [],
      latencies: [],
      fault_effects: [],
      phases: [],
      doubts: [],
      is_machines: false,
    };
  }
  const fault_effects = faultEffects(run);
  const doubts = doubtsOf(run, fault_effects);
  const conditions = run.header.plan.conditions.map((condition) =>
    doubted(decide(run, condition), doubts)
  );
  const open = conditions.filter(({ verdict, doubt }) =>
    verdict === "inconclusive" && doubt === null
  );
  const latencies = latenciesOf(run);
  const { verdict, sentence, decided_by } = decideAll(conditions, doubts, {
    rollback: rollbackFailure(run),
    ended: endedByItself(run),
    proven: () => provenSentence(run, conditions, latencies),
  });
  return {
    ...outcome(verdict, sentence, decided_by),
    conditions,
    measures: measuredQuantities(run),
    latencies,
    fault_effects,
    phases: run.phases,
    doubts: doubts.map(({ text }) => text),
    is_machines: verdict === "inconclusive" && conditions.length > 0 &&
      doubts.every(({ is_machines }) => is_machines) &&
      open.every((judged) => isMachines(run, judged)),
  };
}

type Finding = Decision & { sentence: string };

function decideAll(
  conditions: readonly ConditionJudgement[],
  doubts: readonly Doubt[],
  found: { rollback: Finding | null; ended: Finding | null; proven: () => string },
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
    return { verdict: "inconclusive", sentence: "the plan has no conditions", decided_by: null };
  }
  return { verdict: "held", sentence: found.proven(), decided_by: null };
}

/** A condition that a doubt affects is inconclusive. */
function doubted(judged: ConditionJudgement, doubts: readonly Doubt[]): ConditionJudgement {
  if (judged.verdict === "inconclusive") return judged;
  const doubt = doubts.find((one) => !one.spares(judged));
  if (doubt === undefined) return judged;
  return { ...judged, verdict: "inconclusive", doubt: doubt.text };
}

function outcome(verdict: Verdict, sentence: string, decided_by: Decision | null) {
  return { verdict, exit_code: EXIT_CODES[verdict], sentence, decided_by };
}

/** A process under test that ended by itself while it was still probed. */
function endedByItself(run: Run): Finding | null {
  const last_probe_ms = run.probes.at(-1)?.t_ms ?? 0;
  const ended = run.processes.find((record) => {
    const { process, action, pid, t_ms } = record;
    if (action !== "ended" || process === "data_server" || t_ms >= last_probe_ms) return false;
    if (!run.processes.some((one) => one.pid === pid && one.action === "ready")) return false;
    return !run.processes.some((one) => one.pid === pid && one.action === "killed");
  });
  if (ended === undefined) return null;
  const { process, pid, code, t_ms } = ended;
  const text = `${process} (pid ${pid}) ended by itself with code ${code ?? "unknown"}`;
  return { t_ms, text, sentence: `${text} at ${instant(t_ms)}` };
}

/** What is not as it was before the run; null if everything is, or if that is unknown. */
function rollbackFailure(run: Run): Finding | null {
  const { end } = run;
  if (end !== null && !end.clean) {
    const text = `left behind: ${end.left.join("; ") || "something"}`;
    return { t_ms: end.t_ms, text, sentence: `not everything is as it was: ${text}` };
  }
  const last = run.rollbacks.at(-1);
  if (last !== undefined && (!last.ok || last.diff.length > 0)) {
    const text = `${last.step}: ${last.diff.join("; ") || "did not work"}`;
    return { t_ms: last.t_ms, text, sentence: `the last step of the rollback failed: ${text}` };
  }
  // A lift failed and no rollback followed, though the run continued to its end.
  const stuck = run.faults.find(({ off_error }) => off_error !== null);
  if (stuck === undefined || stuck.off_ms !== null || last !== undefined || end?.clean) return null;
  const text = `${stuck.id} could not be lifted: ${stuck.off_error}`;
  return { t_ms: stuck.on_ms, text, sentence: text };
}
