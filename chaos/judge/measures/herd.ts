/** Whether everybody asks at once when the source is back. */
import { POLLS_MIN } from "../limits.ts";
import { counted, duration } from "../quantity.ts";
import { baseline, lifted } from "../spans.ts";
import { attemptsIn, countersOf } from "./poll_attempts.ts";
import { reading, type ReadMeasure } from "./reading.ts";

/**
 * Requests at the source in the first poll interval after the lift, over those of a poll interval
 * in the baseline (without one: one each subject). Predicted ≤ 2.
 *
 * Counters are read now and then, so the count is that between the last reading before the lift
 * and the first one a poll interval after it, against as many steady polls as that time has.
 */
export const herdRatio: ReadMeasure = (run) => {
  const lift_ms = lifted(run);
  const { poll_ms, subjects } = run.header.plan.settings;
  const wanting = { samples_min: 1, noun: "reading of a counter after the lift" };
  if (lift_ms === null) return reading({ ...wanting, doubt: "the faults were not lifted" });
  const peaks = countersOf(run).flatMap(({ evidence, samples }) => {
    const before = samples.findLast(({ t_ms }) => t_ms <= lift_ms);
    const after = samples.find(({ t_ms }) => t_ms >= lift_ms + poll_ms);
    if (before === undefined || after === undefined) return [];
    const over_ms = after.t_ms - before.t_ms;
    return [{
      evidence,
      count: Math.max(0, after.value - before.value),
      over_ms,
      t_ms: after.t_ms,
    }];
  });
  if (peaks.length === 0) return reading(wanting);
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
    ...wanting,
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
