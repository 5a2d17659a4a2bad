/** Reasons not to trust a run, or part of it. */
import type { JournalRecord, TroubleRecord } from "../journal/mod.ts";
import { type Measure, subjectName } from "../vocabulary/mod.ts";
import { decide } from "./decide.ts";
import { requestsDue } from "./due_windows.ts";
import { counted, instant, quantity } from "./format.ts";
import type { ConditionJudgement, FaultEffect, Span } from "./judgement.ts";
import { BEFORE_AGE_MS, LOAD_MISSING_SHARE_MAX, WINDOWS_MIN } from "./limits.ts";
import { countIn, dueWithin } from "./load_windows.ts";
import { isLatency } from "./measures/latency.ts";
import { MEASURES } from "./measures/measures.ts";
import { isBusyWithOthers, slowerForOtherReasons } from "./others_cpu.ts";
import { readRun, type Run } from "./run.ts";
import { baseline, cutAtFaults, joinSmall, spansOf } from "./run_segments.ts";

export interface Doubt {
  text: string;
  t_ms: number;
  /** Whether this condition's verdict stands despite the doubt. */
  spares(judged: ConditionJudgement): boolean;
  /** Whether the machine's other work explains the doubt. */
  is_machines: boolean;
}

const NOTHING = () => false;

/** Measures of failed requests, the reason of every abort. */
const FAILING: readonly Measure[] = ["load_error_share", "probe_error_share"];

/** A broken promise about single responses stands, whatever the network and the machine did. */
const brokenIntegrity = ({ verdict, condition }: ConditionJudgement) =>
  verdict === "broken" && MEASURES[condition.measure].integrity === true;

/**
 * Broken conditions that do not depend on a fault, so a failed baseline excuses none: errors and
 * old data without a fault are the subject's own.
 */
const brokenInvariant = (judged: ConditionJudgement) =>
  brokenIntegrity(judged) ||
  judged.verdict === "broken" && MEASURES[judged.condition.measure].invariant === true;

/** What a machine too slow for the load leaves: a promise that held, if it is no latency. */
const keptOnSlowMachine = (judged: ConditionJudgement) =>
  brokenInvariant(judged) || judged.verdict === "held" && !isLatency(judged.condition.measure);

/** Broken by one sample before that time: nothing later can undo it. */
function brokenBefore(t_ms: number) {
  return ({ verdict, condition, decided_by }: ConditionJudgement) =>
    verdict === "broken" && MEASURES[condition.measure].one_is_enough === true &&
    decided_by !== null && decided_by.t_ms <= t_ms;
}

/** All doubts about a run, the most serious first. */
export function doubtsOf(run: Run, effects: readonly FaultEffect[]): Doubt[] {
  return [
    ...run.troubles.map((trouble) => doubtOf(run, trouble)),
    ...truncatedJournal(run),
    ...unknownMeasures(run),
    ...failedBaseline(run),
    ...missingLift(run),
    ...lateSamples(run),
    ...missingLoad(run),
    ...stoppedInBaseline(run) ? [] : withoutEffect(run, effects),
  ];
}

/** Whether the run ended before its faults, because the baseline broke a promise. */
function stoppedInBaseline({ troubles }: Run): boolean {
  return troubles.some(({ what }) => what === "baseline");
}

function withoutEffect(run: Run, effects: readonly FaultEffect[]): Doubt[] {
  return effects.filter(({ took_effect }) => !took_effect).map(({ fault_id, evidence }) => ({
    text: `fault without effect: ${fault_id}: ${evidence}`,
    t_ms: run.faults.find(({ id }) => id === fault_id)?.on_ms ?? run.last_ms,
    spares: brokenIntegrity,
    is_machines: false,
  }));
}

/** Whether the machine's other work explains that a condition is inconclusive. */
export function isMachines(run: Run, { condition, decided_by }: ConditionJudgement): boolean {
  const spans = spansOf(run, condition.when);
  if (decided_by === null) return isDisturbed(run, spans);
  const { t_ms } = decided_by;
  return isDisturbed(run, spans) ||
    isDisturbed(run, [{ from_ms: t_ms - BEFORE_AGE_MS, to_ms: t_ms }]);
}

/** Whether other programs used the cores, all the time or more than in the baseline. */
function isDisturbed(run: Run, spans: readonly Span[]): boolean {
  return isBusyWithOthers(run, spans) || slowerForOtherReasons(run, spans) !== null;
}

function doubtOf(run: Run, { what, detail, t_ms }: TroubleRecord): Doubt {
  const text = `${TROUBLE_TEXT[what]} at ${instant(t_ms)}: ${detail}`;
  const before = brokenBefore(t_ms);
  const first_fault_ms = run.faults[0]?.apply_ms ?? Infinity;
  const spares: Record<TroubleRecord["what"], Doubt["spares"]> = {
    preflight: NOTHING,
    baseline: brokenInvariant,
    engine: before,
    interrupted: before,
    journal: before,
    // Only some conditions depend on the load.
    load: (judged) => !MEASURES[judged.condition.measure].of_load || before(judged),
    abort: (judged) =>
      before(judged) ||
      judged.verdict === "broken" && FAILING.includes(judged.condition.measure),
    // Snapshots that the watch of the source missed can only hide bad responses.
    source: (judged) =>
      !MEASURES[judged.condition.measure].integrity || judged.verdict === "broken",
    // A subject that fails under fault breaks its promises. If it never ran, it made none.
    subject: t_ms < first_fault_ms ? NOTHING : ({ verdict }) => verdict === "broken",
  };
  return { text, t_ms, spares: spares[what], is_machines: false };
}

const TROUBLE_TEXT: Record<TroubleRecord["what"], string> = {
  preflight: "preflight failed",
  baseline: "stopped before any fault",
  engine: "an engine of the lab failed",
  load: "the load failed",
  subject: "the subject failed",
  source: "the source or its watch failed",
  abort: "aborted",
  interrupted: "interrupted",
  journal: "the journal could not be written",
};

function truncatedJournal(run: Run): Doubt[] {
  if (run.end !== null) return [];
  const t_ms = run.last_ms;
  const text = `the journal is truncated after ${instant(t_ms)}: the run has no end`;
  return [{ text, t_ms, spares: brokenBefore(t_ms), is_machines: false }];
}

/** The plan of an older journal may name a measure that was replaced since. */
function unknownMeasures({ unknown_measures }: Run): Doubt[] {
  return unknown_measures.map((measure) => ({
    text: `the plan claims ${measure}, which this version cannot measure`,
    t_ms: 0,
    spares: () => true,
    is_machines: false,
  }));
}

/** The baseline does not keep a promise, so what the fault changes is unknown. */
function failedBaseline(run: Run): Doubt[] {
  const span = baseline(run);
  if (span === null) {
    if (run.header.plan.cold_start) return [];
    const text = "there was no baseline";
    return [{ text, t_ms: 0, spares: brokenIntegrity, is_machines: false }];
  }
  const is_told = stoppedInBaseline(run);
  return steadyIn(run, span)
    .filter(({ verdict }) => verdict === "inconclusive" || verdict === "broken" && !is_told)
    .map(({ verdict, sentence, decided_by, condition }) => ({
      text: verdict === "broken"
        ? `the baseline failed, before any fault: ${sentence}`
        : `the baseline is inconclusive: ${sentence}: end other programs and run again`,
      t_ms: decided_by?.t_ms ?? span.to_ms,
      spares: verdict === "inconclusive" && isLatency(condition.measure)
        ? keptOnSlowMachine
        : brokenInvariant,
      is_machines: isDisturbed(run, [span]),
    }));
}

/** What the baseline shows of the promises that need no fault. */
function steadyIn(run: Run, span: Span): ConditionJudgement[] {
  return run.header.plan.conditions
    .filter(({ when, measure }) => when !== "faulted" && MEASURES[measure].steady === true)
    .map((condition) => decide(run, condition, [span]));
}

/**
 * The first promise that a journal's baseline breaks, as a sentence; null if there is none. A fault
 * after it would prove nothing.
 */
export function brokenInBaseline(records: readonly JournalRecord[]): string | null {
  const run = readRun(records);
  const span = run === null ? null : baseline(run);
  if (run === null || span === null) return null;
  return steadyIn(run, span).find(({ verdict }) => verdict === "broken")?.sentence ?? null;
}

function missingLift(run: Run): Doubt[] {
  if (run.end === null) return []; // covered by truncatedJournal
  const left = run.faults.filter(({ on_error, off_ms }) => on_error === null && off_ms === null);
  return left.map(({ id, on_ms }) => ({
    text: `the journal does not record that ${id} was lifted`,
    t_ms: on_ms,
    spares: brokenBefore(on_ms),
    is_machines: false,
  }));
}

/** Samples that arrived after their window was closed, so no window has them. */
function lateSamples(run: Run): Doubt[] {
  const [measured] = spansOf(run, "always");
  if (measured === undefined) return [];
  const windows = run.load.filter(({ t_ms, window_ms, late }) =>
    late !== undefined && late > 0 && t_ms - window_ms > measured.from_ms
  );
  if (windows.length === 0) return [];
  const late = windows.reduce((sum, window) => sum + Number(window.late), 0);
  const [{ t_ms }] = windows;
  const text = `${counted(late, "sample")} of the load arrived too late to be counted, the first ` +
    `before ${instant(t_ms)}`;
  const in_baseline = t_ms <= (baseline(run)?.to_ms ?? -Infinity);
  return [{ text, t_ms, spares: spares(in_baseline), is_machines: isDisturbed(run, [measured]) }];
}

/**
 * Fewer answers than were due, even with the correction for coordinated omission: the load stalled,
 * or answers never arrived. More answers than due come from a load step.
 */
function missingLoad(run: Run): Doubt[] {
  const { load } = run.header.plan;
  const due = (segment: readonly Span[]) =>
    covered(run, segment).reduce((sum, span) => sum + (requestsDue(load, span) ?? 0), 0);
  const segments = joinSmall(
    cutAtFaults(run, spansOf(run, "always")).map((span) => [span]),
    (segment) => dueWithin(run, segment).length >= WINDOWS_MIN,
  );
  return segments.filter((segment) => !isFrozen(run, segment)).flatMap((segment) => {
    const owed = due(segment);
    const arrived = countIn(dueWithin(run, segment));
    if (arrived >= owed * (1 - LOAD_MISSING_SHARE_MAX)) return [];
    const [{ from_ms }] = segment, { to_ms } = segment[segment.length - 1];
    const text = `${quantity(1 - arrived / owed, "%")} of the load's requests are missing from ` +
      `${instant(from_ms)} to ${instant(to_ms)}: ${counted(arrived, "request")} of ${
        Math.round(owed).toLocaleString("en-US")
      }`;
    const in_baseline = from_ms < (baseline(run)?.to_ms ?? -Infinity);
    const is_machines = isDisturbed(run, segment);
    return [{ text, t_ms: to_ms, spares: spares(in_baseline), is_machines }];
  });
}

/** Whether a fault stopped the subject under load: then its clients wait, and send nothing. */
function isFrozen(run: Run, spans: readonly Span[]): boolean {
  return run.processes.some(({ process, action, t_ms: from_ms }) => {
    if (action !== "stopped" || process !== subjectName(0)) return false;
    const to_ms = run.processes.find((one) =>
      one.process === process && one.action === "continued" && one.t_ms > from_ms
    )?.t_ms ?? Infinity;
    return spans.some((span) =>
      span.from_ms <= to_ms && span.to_ms >= from_ms
    );
  });
}

/** From the first to the last load window wholly within each span. */
function covered(run: Run, spans: readonly Span[]): Span[] {
  return spans.flatMap((span) => {
    const windows = dueWithin(run, [span]);
    if (windows.length === 0) return [];
    const { t_ms, window_ms } = windows[0];
    return [{ from_ms: t_ms - window_ms, to_ms: windows[windows.length - 1].t_ms }];
  });
}

/**
 * Spares conditions that do not depend on the load, and those that the known answers break. A ratio
 * to a baseline with missing answers is not broken by them.
 */
function spares(in_baseline: boolean): Doubt["spares"] {
  return ({ verdict, condition: { measure } }: ConditionJudgement) => {
    // The load reports ages too: the largest may be among the missing ones.
    if (!MEASURES[measure].of_load && measure !== "age_max_ms") return true;
    return verdict === "broken" && !(in_baseline && measure === "p95_ratio");
  };
}
