/** The recovery after the faults, and whether it happens at all. */
import { percentile } from "../../../platform/mod.ts";
import type { ProbeRecord } from "../../journal/mod.ts";
import { duration } from "../format.ts";
import {
  METASTABLE_MS_MIN,
  RECOVERED_LATENCY_FACTOR,
  RECOVERED_LATENCY_FLOOR_MS,
} from "../limits.ts";
import type { Run } from "../run.ts";
import { baseline, lifted } from "../run_segments.ts";
import { reading, type ReadMeasure } from "./reading.ts";
import { bySubject, dataProbes, describeProbe, goodAnswers } from "./responses.ts";

const WANTED = { samples_min: 1, noun: "probe after the lift" };
const NOT_LIFTED = reading({ ...WANTED, doubt: "the faults were not lifted" });

/**
 * Last fault lifted → first of `stable` good probes in a row, in ms; the last of several subjects
 * counts. A good probe gets the expected response, fresh, and within the latency of the baseline.
 *
 * Predicted: the larger of poll interval and backoff, + fetch (+ poll timeout if a poll hangs).
 * Without a recovery the value is the time watched, a lower bound, and the doubt explains that.
 */
export const recover: ReadMeasure = (run) => {
  const lift_ms = lifted(run);
  if (lift_ms === null) return NOT_LIFTED;
  const probes = dataProbes(run, [{ from_ms: lift_ms, to_ms: run.last_ms }])
    .filter(({ t_ms, latency_ms }) => t_ms - latency_ms >= lift_ms);
  const samples = probes.length;
  if (samples === 0) return reading(WANTED);
  const isGood = recoveredWhen(run);
  const firsts = [...bySubject(probes).values()]
    .map((probes) => firstInARow(probes, isGood, run.header.plan.recover.stable));
  const first = firsts.reduce((last, next) =>
    last === null || next === null ? null : next.t_ms > last.t_ms ? next : last
  );
  if (first === null) {
    const last = probes[samples - 1];
    const last_bad = probes.findLast((probe) => !isGood(probe)) ?? last;
    return reading({
      ...WANTED,
      samples,
      value: last.t_ms - lift_ms,
      at: { t_ms: last_bad.t_ms, text: describeProbe(last_bad) },
      doubt: "no recovery while the run watched",
    });
  }
  return reading({
    ...WANTED,
    samples,
    value: Math.max(0, first.t_ms - lift_ms),
    at: { t_ms: first.t_ms, text: describeProbe(first) },
  });
};

/**
 * 1 if the subject has not recovered max(3 polls, 30 s) after a verified lift, else 0 (Bronson et
 * al., "Metastable Failures in Distributed Systems", HotOS 2021: the failure persists after its
 * trigger is gone).
 *
 * `stable` good probes in a row end the failure, and as many bad ones begin it again: a single slow
 * probe does neither. In a shorter run the value is 0 if the failure has ended, and unknown if not.
 */
export const metastable: ReadMeasure = (run) => {
  const lift_ms = lifted(run);
  if (lift_ms === null) return NOT_LIFTED;
  const { settings, recover } = run.header.plan;
  const horizon_ms = lift_ms + Math.max(3 * settings.poll_ms, METASTABLE_MS_MIN);
  const probes = dataProbes(run, [{ from_ms: lift_ms, to_ms: horizon_ms }]);
  const samples = probes.length;
  if (samples === 0) return reading(WANTED);
  const isGood = recoveredWhen(run);
  const failing = [...bySubject(probes).values()]
    .filter((one) => isFailingAtLast(one, isGood, recover.stable)).flat();
  const bad = failing.findLast((probe) => !isGood(probe)) ?? failing.at(-1);
  if (bad === undefined) return reading({ ...WANTED, samples, value: 0 });
  const watched_ms = probes[samples - 1].t_ms - lift_ms;
  const at = { t_ms: bad.t_ms, text: describeProbe(bad) };
  // Probes are about 100 ms apart, so the last one is rarely exactly at the horizon.
  if (lift_ms + watched_ms >= horizon_ms - settings.poll_ms) {
    return reading({ ...WANTED, samples, value: 1, at });
  }
  const doubt = `not recovered when the run ended ${duration(watched_ms)} after the lift, ` +
    `before the ${duration(horizon_ms - lift_ms)} that make it metastable`;
  return reading({ ...WANTED, samples, at, doubt });
};

/** Whether items that begin as failing end so: `count` alike in a row change the state. */
function isFailingAtLast<T>(items: readonly T[], isGood: (item: T) => boolean, count: number) {
  let is_failing = true;
  let other = 0;
  for (const item of items) {
    other = isGood(item) === is_failing ? other + 1 : 0;
    if (other < count) continue;
    is_failing = !is_failing;
    other = 0;
  }
  return is_failing;
}

/** Whether a probe's response shows a recovered subject. */
function recoveredWhen(run: Run): (probe: ProbeRecord) => boolean {
  const { age_max_ms, latency_max_ms } = recoveredBounds(run);
  const isGood = goodAnswers(run);
  return (probe) =>
    isGood(probe) && (probe.age_ms === null || probe.age_ms <= age_max_ms) &&
    probe.latency_ms <= latency_max_ms;
}

/**
 * Age and latency of a recovered subject: the plan's bound of unfaulted ages, the baseline's p95.
 */
export function recoveredBounds(run: Run): { age_max_ms: number; latency_max_ms: number } {
  const { conditions, settings } = run.header.plan;
  const claimed = conditions.find(({ when, measure }) =>
    when === "unfaulted" && measure === "age_max_ms"
  );
  const { data_interval_ms, poll_ms, poll_timeout_ms } = settings;
  const span = baseline(run);
  const before = span === null ? [] : dataProbes(run, [span]).map(({ latency_ms }) => latency_ms);
  const p95_ms = percentile(before.toSorted((a, b) => a - b), 95);
  return {
    age_max_ms: claimed?.bound ?? data_interval_ms + poll_ms + poll_timeout_ms,
    latency_max_ms: Math.max(
      Number.isNaN(p95_ms) ? 0 : RECOVERED_LATENCY_FACTOR * p95_ms,
      RECOVERED_LATENCY_FLOOR_MS,
    ),
  };
}

/** The first of `count` good items in a row; null if there is no such row. */
function firstInARow<T>(items: readonly T[], isGood: (item: T) => boolean, count: number) {
  let from = 0;
  for (let i = 0; i < items.length; i++) {
    if (!isGood(items[i])) from = i + 1;
    else if (i - from + 1 >= count) return items[from];
  }
  return null;
}
