/** The verdict on one condition, from its reading and its bound. */
import type { Condition, Measure } from "../vocabulary/mod.ts";
import { instant, quantity } from "./format.ts";
import type { ConditionJudgement, ConditionVerdict, Span } from "./judgement.ts";
import { isLatency, latenciesIn, type LatencyReading } from "./measures/latency.ts";
import { MEASURES } from "./measures/measures.ts";
import type { Reading } from "./measures/reading.ts";
import { laterForOtherReasons, olderForOtherReasons, startedOnBusyMachine } from "./others_cpu.ts";
import type { Run } from "./run.ts";
import { spansOf } from "./run_segments.ts";

/**
 * Judges one condition on its own.
 *
 * - No value, or fewer samples than the measure's minimum: inconclusive. Some measures are broken
 *   by a single sample beyond the bound.
 * - A value counted between two samples of a counter is broken only beyond the counting error.
 * - A latency is judged in each segment of the run, and the worst segment counts. It is *broken* if
 *   it is beyond its bound in 99 % of the resamples of the windows, and the control explains none
 *   of it. If fewer resamples are beyond, or the control missed the bound, too, it is
 *   *inconclusive*. A ratio with an excess within the noise of the scheduler is *held*.
 * - An age or a skew that exceeds its bound by one late poll while other programs used the machine
 *   is inconclusive, and so is a slow start on a busy machine.
 */
export function decide(run: Run, condition: Condition, spans = spansOf(run, condition.when)) {
  const { measure } = condition;
  if (isLatency(measure)) {
    return decideLatency(condition, latenciesIn(run, measure, spans));
  }
  const read = MEASURES[measure].read(run, spans);
  const outcome = outcomeOf(condition, read);
  if (outcome.verdict === "broken") {
    const reason = OTHER_REASONS[measure]?.(run, condition, read) ?? null;
    if (reason !== null) return judgement(condition, read, "inconclusive", reason);
  }
  return judgement(condition, read, outcome.verdict, outcome.detail);
}

/** What a busy machine may explain. */
const OTHER_REASONS: Readonly<Partial<Record<Measure, typeof olderForOtherReasons>>> = {
  age_max_ms: olderForOtherReasons,
  skew_p99_ms: laterForOtherReasons,
  skew_max_ms: laterForOtherReasons,
  first_data_ms: startedOnBusyMachine,
};

const SEVERITY: Readonly<Record<ConditionVerdict, number>> = {
  broken: 2,
  inconclusive: 1,
  held: 0,
};

/** The worst verdict of the run's segments; among equal verdicts, the worst value. */
function decideLatency(
  condition: Condition,
  segments: readonly LatencyReading[],
): ConditionJudgement {
  const judged = segments.map((read) => {
    const { verdict, detail } = latencyOutcome(condition, read);
    const where = verdict === "held" || segments.length === 1 ? "" : spansText(read.spans);
    const added = [where, detail, read.value === null ? "" : read.note];
    return judgement(condition, read, verdict, added.filter((text) => text !== "").join("; "));
  });
  return judged.reduce((worst, next) => {
    const worse_by = SEVERITY[next.verdict] - SEVERITY[worst.verdict];
    const slower = (next.measured ?? 0) > (worst.measured ?? 0);
    return worse_by > 0 || worse_by === 0 && slower ? next : worst;
  });
}

function latencyOutcome(condition: Condition, read: LatencyReading): Outcome {
  const { value, samples, samples_min } = read;
  if (value === null || samples < samples_min) return outcomeOf(condition, read);
  if (isWithin(value, condition)) return { verdict: "held", detail: "" };
  if (!(read.excess(condition.bound) > 0)) {
    return condition.measure === "p95_ms"
      ? { verdict: "inconclusive", detail: "the control missed it, too" }
      : { verdict: "held", detail: "the difference is within the noise of the scheduler" };
  }
  return read.excessInterval(condition.bound)[0] > 0
    ? { verdict: "broken", detail: "" }
    : { verdict: "inconclusive", detail: "its windows vary too much to blame the subject" };
}

function spansText(spans: readonly Span[]): string {
  const texts = spans.map(({ from_ms, to_ms }) => `${instant(from_ms)} to ${instant(to_ms)}`);
  return `from ${texts.join(", ")}`;
}

function isWithin(value: number, { relation, bound }: Condition): boolean {
  return relation === "≤" ? value <= bound : relation === "≥" ? value >= bound : value === bound;
}

interface Outcome {
  verdict: ConditionVerdict;
  detail: string;
}

function outcomeOf(condition: Condition, read: Reading): Outcome {
  const { value, samples, samples_min, noun, interval, doubt } = read;
  if (value === null) {
    return { verdict: "inconclusive", detail: doubt ?? `there was no ${noun}` };
  }
  const is_within = isWithin(value, condition);
  const one_is_enough = MEASURES[condition.measure].one_is_enough || condition.bound === 0;
  if (samples < samples_min && (is_within || !one_is_enough)) {
    const detail = `too few samples (${noun}): ${samples} of at least ${samples_min}`;
    return { verdict: "inconclusive", detail };
  }
  if (is_within && doubt !== null) return { verdict: "inconclusive", detail: doubt };
  if (is_within) return { verdict: "held", detail: "" };
  if (interval === null || !isWithin(interval[0], condition)) {
    return { verdict: "broken", detail: doubt ?? "" };
  }
  return {
    verdict: "held",
    detail: `within the error of sampling (${rangeOf(interval, condition)})`,
  };
}

function rangeOf([low, high]: readonly [number, number], { unit }: Condition): string {
  return `${quantity(low, unit)} to ${quantity(high, unit)}`;
}

const WHEN_TEXT = { always: "", faulted: " under fault", unfaulted: " without faults" };

/** `largest age under fault`. */
export function nameOf({ measure, when }: Condition): string {
  const { name, own_span } = MEASURES[measure];
  return `${name}${own_span ? "" : WHEN_TEXT[when]}`;
}

function judgement(
  condition: Condition,
  read: Reading,
  verdict: ConditionVerdict,
  detail: string,
): ConditionJudgement {
  const { value, samples, at } = read;
  return {
    condition,
    measured: value,
    verdict,
    samples,
    sentence: sentenceOf(condition, value, verdict, detail),
    doubt: null,
    decided_by: at,
  };
}

function sentenceOf(
  condition: Condition,
  value: number | null,
  verdict: ConditionVerdict,
  detail: string,
): string {
  const { relation, bound, unit, because } = condition;
  const what = nameOf(condition);
  const added = detail === "" ? "" : `; ${detail}`;
  if (value === null) return `${what}: ${detail}`;
  const measured = quantity(value, unit);
  const limit = `${relation === "=" ? "" : `${relation} `}${quantity(bound, unit)} (${because})`;
  const as_claimed = isWithin(value, condition) ? "as claimed" : "claimed";
  const must = { held: as_claimed, broken: "must be", inconclusive: "claimed" }[verdict];
  return `${what}: ${measured}, ${must} ${limit}${added}`;
}
