/** What makes a run, or part of it, not worth believing. */
import type { Bite, ConditionJudgement } from "./judgement.ts";
import type { TroubleRecord } from "../journal/mod.ts";
import type { Measure } from "../vocabulary/mod.ts";
import type { Run } from "./run.ts";
import type { Doubt } from "./doubt.ts";
import { decideOn } from "./decide.ts";
import { MEASURES } from "./measures/mod.ts";
import { loadDoubts } from "./load_doubts.ts";
import { instant } from "./quantity.ts";
import { baseline } from "./spans.ts";

const NOTHING = () => false;

/** Measures of failing, the reason of every abort. */
const FAILING: readonly Measure[] = ["load_error_share", "probe_error_share"];

/** A broken promise about single answers: it stands whatever the network and the machine did. */
const brokenIntegrity = ({ verdict, condition }: ConditionJudgement) =>
  verdict === "broken" && MEASURES[condition.measure].integrity === true;

/** Broken by one sample, taken before that instant: nothing that came later takes it back. */
function brokenBefore(t_ms: number) {
  return ({ verdict, condition, decided_by }: ConditionJudgement) =>
    verdict === "broken" && MEASURES[condition.measure].one_is_enough === true &&
    decided_by !== null && decided_by.t_ms <= t_ms;
}

/** All doubts about a run, the gravest first. */
export function doubtsOf(run: Run, bites: readonly Bite[]): Doubt[] {
  return [
    ...run.troubles.map((trouble) => doubtOf(run, trouble)),
    ...cutJournal(run),
    ...failedBaseline(run),
    ...missingLift(run),
    ...loadDoubts(run),
    ...bites.filter(({ bitten }) => !bitten).map(({ fault_id, evidence }) => ({
      text: `fault without bite: ${fault_id}: ${evidence}`,
      t_ms: run.faults.find(({ id }) => id === fault_id)?.on_ms ?? run.last_ms,
      spares: brokenIntegrity,
    })),
  ];
}

function doubtOf(run: Run, { what, detail, t_ms }: TroubleRecord): Doubt {
  const text = `${TROUBLE_TEXT[what]} at ${instant(t_ms)}: ${detail}`;
  const before = brokenBefore(t_ms);
  const first_fault_ms = run.faults[0]?.asked_ms ?? Infinity;
  const spares: Record<TroubleRecord["what"], Doubt["spares"]> = {
    preflight: NOTHING,
    engine: before,
    interrupted: before,
    journal: before,
    // The load counts for some conditions only, and failing is what an abort is about.
    load: (judged) => !MEASURES[judged.condition.measure].of_load || before(judged),
    abort: (judged) =>
      before(judged) ||
      judged.verdict === "broken" && FAILING.includes(judged.condition.measure),
    // What the watch of the source missed can only hide bad answers.
    source: (judged) =>
      !MEASURES[judged.condition.measure].integrity || judged.verdict === "broken",
    // A subject that fails under fault breaks its promises; one that never ran made none.
    subject: t_ms < first_fault_ms ? NOTHING : ({ verdict }) => verdict === "broken",
  };
  return { text, t_ms, spares: spares[what] };
}

const TROUBLE_TEXT: Record<TroubleRecord["what"], string> = {
  preflight: "preflight failed",
  engine: "an engine of the lab failed",
  load: "the load failed",
  subject: "the subject failed",
  source: "the source or its watch failed",
  abort: "aborted",
  interrupted: "interrupted",
  journal: "the journal could not be written",
};

function cutJournal(run: Run): Doubt[] {
  if (run.end !== null) return [];
  const t_ms = run.last_ms;
  const text = `the journal is cut off after ${instant(t_ms)}: the run has no end`;
  return [{ text, t_ms, spares: brokenBefore(t_ms) }];
}

/** What should have been true before the first fault was not, so nothing can be blamed on one. */
function failedBaseline(run: Run): Doubt[] {
  const span = baseline(run);
  const { cold_start, conditions } = run.header.plan;
  if (span === null) {
    if (cold_start) return [];
    return [{ text: "there was no baseline", t_ms: 0, spares: brokenIntegrity }];
  }
  return conditions
    .filter(({ when, measure }) => when !== "faulted" && MEASURES[measure].steady === true)
    .map((condition) => decideOn(run, condition, span))
    .filter(({ verdict }) => verdict !== "held")
    .map(({ verdict, sentence, decided_by }) => ({
      text: verdict === "broken"
        ? `the baseline failed, before any fault: ${sentence}`
        : `the baseline says too little: ${sentence}`,
      t_ms: decided_by?.t_ms ?? span.to_ms,
      spares: brokenIntegrity,
    }));
}

function missingLift(run: Run): Doubt[] {
  if (run.end === null) return []; // told by the cut journal
  const left = run.faults.filter(({ on_error, off_ms }) => on_error === null && off_ms === null);
  return left.map(({ id, on_ms }) => ({
    text: `the journal does not say that ${id} was lifted`,
    t_ms: on_ms,
    spares: brokenBefore(on_ms),
  }));
}
