/** Poll rates: under fault, after the lift, and under more load. */
import { areReplicas } from "../../vocabulary/mod.ts";
import { counted, duration } from "../format.ts";
import type { Span } from "../judgement.ts";
import { POLLS_MIN } from "../limits.ts";
import { windowsWithin } from "../load_windows.ts";
import type { Run } from "../run.ts";
import { baseline, faultsOn, lengthOf, lifted, settled, spansOf } from "../run_segments.ts";
import { type Attempts, attemptsAtSource, attemptsIn, countersOf } from "./polls.ts";
import { reading, type ReadMeasure } from "./reading.ts";

const NO_COUNTER = "no counter of polls";

/** The load must grow by this factor to make poll rates comparable. */
const LOAD_GROWTH_MIN = 3;

/**
 * Attempts at the source while faults are on, over the polls that were due: fault length / poll
 * interval × subjects. Predicted ≤ 1.1; more than 3 is a retry storm.
 *
 * With fewer than {@link POLLS_MIN} polls due, a single poll would decide.
 */
export const retryAmplification: ReadMeasure = (run) => {
  const { poll_ms, subjects } = run.header.plan.settings;
  const on = faultsOn(run);
  const found = on.map((span) => attemptsIn(run, span)).filter((attempts) => attempts !== null);
  if (found.length === 0) {
    return reading({ samples_min: POLLS_MIN, noun: "poll", doubt: NO_COUNTER });
  }
  const count = found.reduce((sum, attempts) => sum + attempts.count, 0);
  const over_ms = found.reduce((sum, attempts) => sum + attempts.over_ms, 0);
  const expected = over_ms / poll_ms * subjects;
  return reading({
    value: count / expected,
    samples: Math.floor(expected),
    samples_min: POLLS_MIN,
    noun: "expected poll",
    at: {
      t_ms: on[on.length - 1].to_ms,
      text: `${counted(count, "attempt")} in ${duration(over_ms)} (${found[0].evidence}), ` +
        `${expected.toFixed(1)} expected`,
    },
    // Two samples of a counter may be one poll off either way.
    interval: [(count - 1) / expected, (count + 1) / expected],
    note: `${counted(count, "attempt")} in ${duration(lengthOf(on))}`,
  });
};

/**
 * Requests at the source in the first poll interval after the lift, over the requests of a poll
 * interval in the baseline (without a baseline: one for each subject). Predicted ≤ 2.
 *
 * Counters are sampled: the count covers the time from the last sample before the lift to the first
 * one a poll interval after it, and is compared to the steady polls of the same time.
 */
export const herdRatio: ReadMeasure = (run) => {
  const lift_ms = lifted(run);
  const { poll_ms, subjects } = run.header.plan.settings;
  const wanted = { samples_min: 1, noun: "reading of a counter after the lift" };
  if (lift_ms === null) return reading({ ...wanted, doubt: "the faults were not lifted" });
  const peaks = countersOf(run).flatMap(({ evidence, samples }) => {
    const before = samples.findLast(({ t_ms }) => t_ms <= lift_ms);
    const after = samples.find(({ t_ms }) => t_ms >= lift_ms + poll_ms);
    if (before === undefined || after === undefined) return [];
    const count = Math.max(0, after.value - before.value);
    return [{ evidence, count, over_ms: after.t_ms - before.t_ms, t_ms: after.t_ms }];
  });
  if (peaks.length === 0) return reading(wanted);
  const peak = peaks.reduce((most, next) =>
    next.count / next.over_ms > most.count / most.over_ms ? next : most
  );
  const span = baseline(run);
  const steady = span === null ? null : attemptsIn(run, span);
  const per_ms = steady === null || steady.count < POLLS_MIN
    ? subjects / poll_ms
    : steady.count / steady.over_ms;
  const expected = per_ms * peak.over_ms;
  return reading({
    ...wanted,
    value: peak.count / expected,
    samples: 1,
    at: {
      t_ms: peak.t_ms,
      text: `${counted(peak.count, "request")} at the source in the ${duration(peak.over_ms)} ` +
        `around the lift (${peak.evidence}), ${expected.toFixed(1)} in steady state`,
    },
    interval: [(peak.count - 1) / expected, (peak.count + 1) / expected],
    note: counted(peak.count, "request"),
  });
};

/**
 * Polls a second without faults over the polls due, in the worse of the spans before the faults and
 * after the recovery. Predicted ≤ 1.1. The proxies at the source count, not the subject; the
 * replicas of a store have one poller.
 *
 * A span with fewer than {@link POLLS_MIN} polls due counts together with the other one.
 */
export const pollRateRatio: ReadMeasure = (run) => {
  const { settings } = run.header.plan;
  const pollers = areReplicas(settings) ? 1 : settings.subjects;
  const rates = settled(run, spansOf(run, "unfaulted")).flatMap((span) => {
    const seen = attemptsAtSource(run, span);
    return seen === null ? [] : [{ ...seen, due: seen.over_ms / settings.poll_ms * pollers, span }];
  });
  const wanted = { samples_min: POLLS_MIN, noun: "poll due without faults" };
  if (rates.length === 0) return reading(wanted);
  const judged = rates.every(({ due }) => due >= POLLS_MIN) ? rates : [rates.reduce((a, b) => ({
    ...b,
    count: a.count + b.count,
    due: a.due + b.due,
    over_ms: a.over_ms + b.over_ms,
  }))];
  const worst = judged.toSorted((a, b) => (b.count - 1) / b.due - (a.count - 1) / a.due)[0];
  const { count, due, over_ms, evidence, span } = worst;
  return reading({
    ...wanted,
    value: count / due,
    samples: Math.floor(due),
    at: {
      t_ms: span.to_ms,
      text: `${counted(count, "poll")} in ${duration(over_ms)} (${evidence}), ` +
        `${due.toFixed(1)} due`,
    },
    // Two readings of a counter may be one poll off either way.
    interval: [(count - 1) / due, (count + 1) / due],
    note: `${counted(count, "poll")} in ${duration(over_ms)}`,
  });
};

/**
 * Polls a second under the raised load over polls a second in the baseline. A cache that polls on
 * its own clock has 1 at any load. A cache that queries its source per request follows the load.
 */
export const decouplingRatio: ReadMeasure = (run) => {
  const low_span = baseline(run);
  const high_span = faultsOn(run)[0];
  const wanted = { samples_min: POLLS_MIN, noun: "poll at either load" };
  if (low_span === null || high_span === undefined) return reading(wanted);
  const low = attemptsIn(run, low_span), high = attemptsIn(run, high_span);
  if (low === null || high === null) return reading({ ...wanted, doubt: NO_COUNTER });
  const growth = loadRate(run, high_span) / loadRate(run, low_span);
  if (!(growth >= LOAD_GROWTH_MIN)) {
    const doubt = `the load grew only ${growth.toFixed(1)} times, less than ${LOAD_GROWTH_MIN}`;
    return reading({ ...wanted, doubt });
  }
  const ratio = (more: number) => ((high.count + more) / high.over_ms) / (low.count / low.over_ms);
  return reading({
    ...wanted,
    value: ratio(0),
    samples: Math.min(low.count, high.count),
    at: {
      t_ms: high_span.to_ms,
      text: `${rate(high)} at ${growth.toFixed(1)} times the load, ${rate(low)} before ` +
        `(${high.evidence})`,
    },
    interval: [ratio(-1), ratio(1)],
    note: `load × ${growth.toFixed(1)}`,
  });
};

function rate({ count, over_ms }: Attempts): string {
  return `${(count / over_ms * 1000).toFixed(2)} polls/s in ${duration(over_ms)}`;
}

/** Requests of the load per millisecond. */
export function loadRate(run: Run, span: Span): number {
  const windows = windowsWithin(run, [span]);
  const requests = windows.reduce((sum, window) => sum + window.requests, 0);
  return requests / windows.reduce((sum, { window_ms }) => sum + window_ms, 0);
}
