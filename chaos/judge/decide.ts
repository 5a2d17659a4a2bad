/** The verdict on one condition, from its reading and its bound. */
import type { Condition, Measure } from "../vocabulary/mod.ts";
import { instant, quantity } from "./format.ts";
import type { ConditionJudgement, ConditionVerdict, Span } from "./judgement.ts";
import { LATENCY_FLOOR_MS, RATIO_UNCLEAR, RATIO_WIDE } from "./limits.ts";
import { type LatencyRatio, p95Ratio, p95Segments } from "./measures/latency.ts";
import { MEASURES } from "./measures/measures.ts";
import type { Reading } from "./measures/reading.ts";
import {
  laterForOtherReasons,
  olderForOtherReasons,
  slowerForOtherReasons,
  startedOnBusyMachine,
} from "./others_cpu.ts";
import type { Run } from "./run.ts";
import { faultsOn, spansOf } from "./run_segments.ts";

/**
 * Judges one condition on its own.
 *
 * - No value, or fewer samples than the measure's minimum: inconclusive. Some measures are broken
 *   by a single sample beyond the bound.
 * - A value counted between two samples of a counter is broken only beyond the counting error.
 * - `p95_ms`, in each segment of the run, of which the worst counts: broken if the whole bootstrap
 *   interval is beyond the bound, held if the measured value is within it, inconclusive in between.
 * - `p95_ratio` is *broken* if its whole interval is beyond the bound and the difference is larger
 *   than {@link LATENCY_FLOOR_MS}. It is *inconclusive* if the interval exceeds {@link RATIO_WIDE},
 *   which does not even rule out a doubling; or if the measured value is beyond the bound and the
 *   interval lies wholly above 1 (slower, but by an unknown amount) or exceeds
 *   {@link RATIO_UNCLEAR}. Otherwise it is *held*, even with a value slightly beyond the bound that
 *   may be no difference at all; the sentence then states that.
 * - Slowness while other programs used the machine is inconclusive, and so is an age or a skew that
 *   exceeds its bound by one late poll at such a time, and a slow start on a busy machine.
 */
export function decide(run: Run, condition: Condition, spans = spansOf(run, condition.when)) {
  const { measure } = condition;
  if (measure === "p95_ratio") return decideRatio(run, condition, p95Ratio(run));
  if (measure === "p95_ms") return decideP95(run, condition, spans);
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

/** The worst verdict of the run's segments; among equal verdicts, the slowest segment. */
function decideP95(run: Run, condition: Condition, spans: readonly Span[]): ConditionJudgement {
  const segments = p95Segments(run, spans);
  const judged = segments.map(({ spans, read }) => {
    const { verdict, detail } = outcomeOf(condition, read);
    const reason = verdict === "broken" ? slowerForOtherReasons(run, spans) : null;
    if (reason !== null) return judgement(condition, read, "inconclusive", reason);
    const where = verdict === "held" || segments.length === 1 ? "" : `from ${spansText(spans)}`;
    const added = [where, detail].filter((text) => text !== "").join("; ");
    return judgement(condition, read, verdict, added);
  });
  return judged.reduce((worst, next) => {
    const worse_by = SEVERITY[next.verdict] - SEVERITY[worst.verdict];
    const slower = (next.measured ?? 0) > (worst.measured ?? 0);
    return worse_by > 0 || worse_by === 0 && slower ? next : worst;
  });
}

function spansText(spans: readonly Span[]): string {
  return spans.map(({ from_ms, to_ms }) => `${instant(from_ms)} to ${instant(to_ms)}`).join(", ");
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
  if (condition.measure === "p95_ms") {
    const detail = `windows vary too much to compare it with the bound (${
      rangeOf(interval, condition)
    })`;
    return { verdict: "inconclusive", detail };
  }
  return {
    verdict: "held",
    detail: `within the error of sampling (${rangeOf(interval, condition)})`,
  };
}

function decideRatio(run: Run, condition: Condition, read: LatencyRatio): ConditionJudgement {
  const { value, samples, samples_min, interval, baseline_ms, fault_ms } = read;
  if (value === null || interval === null || samples < samples_min) {
    const { verdict, detail } = outcomeOf(condition, read);
    return judgement(condition, read, value === null ? verdict : "inconclusive", detail);
  }
  const range = rangeOf(interval, condition);
  const above_floor = fault_ms - baseline_ms > LATENCY_FLOOR_MS;
  if (!isWithin(interval[0], condition) && above_floor) {
    const reason = slowerForOtherReasons(run, faultsOn(run));
    return reason === null
      ? judgement(condition, read, "broken", `${read.note}, ${range}`)
      : judgement(condition, read, "inconclusive", reason);
  }
  const could_double = interval[1] > RATIO_WIDE &&
    (interval[1] - 1) * baseline_ms > LATENCY_FLOOR_MS;
  if (could_double && above_floor) {
    const detail = `windows vary too much for a verdict (${range})`;
    return judgement(condition, read, "inconclusive", detail);
  }
  if (isWithin(value, condition)) return judgement(condition, read, "held", read.note);
  if (above_floor && interval[0] > 1) {
    const detail = `slower, but possibly within the bound (${range})`;
    return judgement(condition, read, "inconclusive", detail);
  }
  if (above_floor && interval[1] > RATIO_UNCLEAR) {
    const detail = `possibly slower (${range})`;
    return judgement(condition, read, "inconclusive", detail);
  }
  const detail = above_floor
    ? `not distinguishable from no difference (${range})`
    : `the difference of ${quantity(fault_ms - baseline_ms, "ms")} is within the noise of timers ` +
      `and the scheduler (${quantity(LATENCY_FLOOR_MS, "ms")})`;
  return judgement(condition, read, "held", detail);
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
