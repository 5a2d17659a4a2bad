/** From a reading and its bound to a verdict and a sentence. */
import type { Condition } from "../vocabulary/mod.ts";
import type { ConditionJudgement, ConditionVerdict } from "./judgement.ts";
import type { Run } from "./run.ts";
import type { Span } from "./span.ts";
import { LATENCY_FLOOR_MS, RATIO_UNCLEAR, RATIO_WIDE } from "./limits.ts";
import { type LatencyRatio, p95Pieces, p95Ratio } from "./measures/latency.ts";
import { MEASURES } from "./measures/mod.ts";
import type { Reading } from "./measures/reading.ts";
import { instant, quantity } from "./quantity.ts";
import { faultsOn, spansOf } from "./spans.ts";
import { olderForOtherReasons, slowerForOtherReasons } from "./other_reasons.ts";

/**
 * Judges one condition, by itself.
 *
 * - Nothing to measure, or fewer samples than the measure's minimum: inconclusive. One sample beyond
 *   the bound is enough where the measure says so.
 * - What is counted between two readings of a counter is broken only beyond the counting error.
 * - `p95_ms` is broken where its whole bootstrap interval is beyond the bound, held where the
 *   measured value is within it, inconclusive between; of each piece of the run, and the gravest counts.
 * - `p95_ratio` is broken where its whole interval is beyond the bound and the difference more than
 *   {@link LATENCY_FLOOR_MS}; inconclusive where the interval reaches beyond {@link RATIO_WIDE}, for
 *   then not even a doubling can be ruled out, and where the measured value is beyond the bound and
 *   the whole interval beyond 1 (slower for certain, but not by how much) or reaching beyond
 *   {@link RATIO_UNCLEAR}; else held, also where the value is a little beyond the bound and cannot be
 *   told from no difference, which the sentence says.
 * - Slowness that came with other programs' work on the machine is inconclusive, and so is an age
 *   that is then over its bound by one late poll.
 */
export function decide(run: Run, condition: Condition, spans = spansOf(run, condition.when)) {
  const { measure } = condition;
  if (measure === "p95_ratio") return decideRatio(run, condition, p95Ratio(run));
  if (measure === "p95_ms") return decideP95(run, condition, spans);
  const read = MEASURES[measure].read(run, spans);
  const outcome = outcomeOf(condition, read);
  if (outcome.verdict === "broken" && measure === "age_max_ms") {
    const reason = olderForOtherReasons(run, condition, read);
    if (reason !== null) return judgement(condition, read, "inconclusive", reason);
  }
  return judgement(condition, read, outcome.verdict, outcome.more);
}

const GRAVITY: Readonly<Record<ConditionVerdict, number>> = {
  broken: 2,
  inconclusive: 1,
  held: 0,
};

/** The gravest verdict of the run's pieces, of several alike the slowest. */
function decideP95(run: Run, condition: Condition, spans: readonly Span[]): ConditionJudgement {
  const pieces = p95Pieces(run, spans);
  const judged = pieces.map(({ spans, read }) => {
    const { verdict, more } = outcomeOf(condition, read);
    const reason = verdict === "broken" ? slowerForOtherReasons(run, spans) : null;
    if (reason !== null) return judgement(condition, read, "inconclusive", reason);
    const where = verdict === "held" || pieces.length === 1 ? "" : `from ${spansText(spans)}`;
    const added = [where, more].filter((text) => text !== "").join("; ");
    return judgement(condition, read, verdict, added);
  });
  return judged.reduce((worst, next) => {
    const graver = GRAVITY[next.verdict] - GRAVITY[worst.verdict];
    const slower = (next.measured ?? 0) > (worst.measured ?? 0);
    return graver > 0 || graver === 0 && slower ? next : worst;
  });
}

function spansText(spans: readonly Span[]): string {
  return spans.map(({ from_ms, to_ms }) => `${instant(from_ms)} to ${instant(to_ms)}`).join(", ");
}

/** Judges a condition on the baseline alone. */
export function decideOn(run: Run, condition: Condition, span: Span): ConditionJudgement {
  return decide(run, condition, [span]);
}

/** Whether a value keeps to the bound. */
export function keeps(value: number, { relation, bound }: Condition): boolean {
  return relation === "≤" ? value <= bound : relation === "≥" ? value >= bound : value === bound;
}

interface Outcome {
  verdict: ConditionVerdict;
  /** What the sentence adds. */
  more: string;
}

function outcomeOf(condition: Condition, read: Reading): Outcome {
  const { value, samples, samples_min, noun, interval, doubt } = read;
  if (value === null) {
    return { verdict: "inconclusive", more: doubt ?? `there was no ${noun}` };
  }
  const kept = keeps(value, condition);
  const one_is_enough = MEASURES[condition.measure].one_is_enough || condition.bound === 0;
  if (samples < samples_min && (kept || !one_is_enough)) {
    const more = `${samples} of at least ${samples_min} needed (${noun}): too few to say`;
    return { verdict: "inconclusive", more };
  }
  if (kept && doubt !== null) return { verdict: "inconclusive", more: doubt };
  if (kept) return { verdict: "held", more: "" };
  if (interval === null || !keeps(interval[0], condition)) {
    return { verdict: "broken", more: doubt ?? "" };
  }
  if (condition.measure === "p95_ms") {
    const more = `windows differ too much to tell it from the bound (${
      rangeOf(interval, condition)
    })`;
    return { verdict: "inconclusive", more };
  }
  return {
    verdict: "held",
    more: `within what counters read now and then can tell (${rangeOf(interval, condition)})`,
  };
}

function decideRatio(run: Run, condition: Condition, read: LatencyRatio): ConditionJudgement {
  const { value, samples, samples_min, interval, baseline_ms, fault_ms } = read;
  if (value === null || interval === null || samples < samples_min) {
    const { verdict, more } = outcomeOf(condition, read);
    return judgement(condition, read, value === null ? verdict : "inconclusive", more);
  }
  const range = rangeOf(interval, condition);
  const above_floor = fault_ms - baseline_ms > LATENCY_FLOOR_MS;
  if (!keeps(interval[0], condition) && above_floor) {
    const reason = slowerForOtherReasons(run, faultsOn(run));
    return reason === null
      ? judgement(condition, read, "broken", `${read.note}, ${range}`)
      : judgement(condition, read, "inconclusive", reason);
  }
  const could_double = interval[1] > RATIO_WIDE &&
    (interval[1] - 1) * baseline_ms > LATENCY_FLOOR_MS;
  if (could_double && above_floor) {
    const more = `windows differ too much to say anything (${range})`;
    return judgement(condition, read, "inconclusive", more);
  }
  if (keeps(value, condition)) return judgement(condition, read, "held", read.note);
  if (above_floor && interval[0] > 1) {
    const more = `slower for certain, but perhaps by less than that (${range})`;
    return judgement(condition, read, "inconclusive", more);
  }
  if (above_floor && interval[1] > RATIO_UNCLEAR) {
    const more = `slower perhaps, perhaps not (${range})`;
    return judgement(condition, read, "inconclusive", more);
  }
  const more = above_floor
    ? `cannot be told from no difference at all (${range})`
    : `the difference of ${quantity(fault_ms - baseline_ms, "ms")} is within what timers and ` +
      `the scheduler make (${quantity(LATENCY_FLOOR_MS, "ms")})`;
  return judgement(condition, read, "held", more);
}

function rangeOf([low, high]: readonly [number, number], { unit }: Condition): string {
  return `${quantity(low, unit)} to ${quantity(high, unit)}`;
}

const WHEN_TEXT = { always: "", faulted: " under fault", unfaulted: " without faults" };

function judgement(
  condition: Condition,
  read: Reading,
  verdict: ConditionVerdict,
  more: string,
): ConditionJudgement {
  const { value, samples, at } = read;
  return {
    condition,
    measured: value,
    verdict,
    samples,
    sentence: sentenceOf(condition, value, verdict, more),
    doubt: null,
    decided_by: at,
  };
}

function sentenceOf(
  condition: Condition,
  value: number | null,
  verdict: ConditionVerdict,
  more: string,
): string {
  const { measure, when, relation, bound, unit, because } = condition;
  const { name, own_span } = MEASURES[measure];
  const what = `${name}${own_span ? "" : WHEN_TEXT[when]}`;
  const added = more === "" ? "" : `; ${more}`;
  if (value === null) return `${what}: ${more}`;
  const measured = quantity(value, unit);
  const limit = `${relation === "=" ? "" : `${relation} `}${quantity(bound, unit)} (${because})`;
  const as_claimed = keeps(value, condition) ? "as claimed" : "claimed";
  const must = { held: as_claimed, broken: "must be", inconclusive: "claimed" }[verdict];
  return `${what}: ${measured}, ${must} ${limit}${added}`;
}
