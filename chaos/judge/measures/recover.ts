/** How long it takes to be as before. */
import { percentile } from "../../../platform/mod.ts";
import type { ProbeRecord } from "../../journal/mod.ts";
import type { Run } from "../run.ts";
import { RECOVERED_LATENCY_FACTOR, RECOVERED_LATENCY_FLOOR_MS } from "../limits.ts";
import { baseline, lifted } from "../spans.ts";
import { dataProbes, describeProbe, goodAnswers } from "./data_probes.ts";
import { reading, type ReadMeasure } from "./reading.ts";

/** What a probe of a recovered subject is like. */
export interface Recovered {
  age_max_ms: number;
  latency_max_ms: number;
}

/**
 * Last fault lifted → first of `stable` good probes in a row, in ms. Good: answered as asked, fresh
 * and within the latencies of the baseline.
 *
 * Predicted: largest of poll interval and backoff, + fetch (+ poll timeout where a poll hangs).
 * Where it did not recover while it was watched, the value is how long that was, and the doubt says
 * so: it is at least that.
 */
export const recover: ReadMeasure = (run) => {
  const wanting = { samples_min: 1, noun: "probe after the lift" };
  const lift_ms = lifted(run);
  if (lift_ms === null) return reading({ ...wanting, doubt: "the faults were not lifted" });
  const probes = dataProbes(run, [{ from_ms: lift_ms, to_ms: run.last_ms }])
    .filter(({ t_ms, latency_ms }) => t_ms - latency_ms >= lift_ms);
  const samples = probes.length;
  if (samples === 0) return reading(wanting);
  const good = recoveredWhen(run);
  const { stable } = run.header.plan.recover;
  const first = firstInARow(probes, good, stable);
  if (first === null) {
    const last_bad = probes.findLast((probe) => !good(probe)) ?? probes[samples - 1];
    const last = probes[samples - 1];
    return reading({
      ...wanting,
      samples,
      value: last.t_ms - lift_ms,
      at: { t_ms: last_bad.t_ms, text: describeProbe(last_bad) },
      doubt: "not within the time it was watched",
    });
  }
  return reading({
    ...wanting,
    samples,
    value: Math.max(0, first.t_ms - lift_ms),
    at: { t_ms: first.t_ms, text: describeProbe(first) },
  });
};

/** Whether a probe is that of a recovered subject. */
export function recoveredWhen(run: Run): (probe: ProbeRecord) => boolean {
  const { age_max_ms, latency_max_ms } = recoveredBounds(run);
  const isGood = goodAnswers(run);
  return (probe) =>
    isGood(probe) && (probe.age_ms === null || probe.age_ms <= age_max_ms) &&
    probe.latency_ms <= latency_max_ms;
}

/** How fresh and how fast: by the plan's own bound for unfaulted ages, and the baseline's p95. */
export function recoveredBounds(run: Run): Recovered {
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

/** The first of `count` in a row that are good. */
export function firstInARow<T>(items: readonly T[], good: (item: T) => boolean, count: number) {
  let from = 0;
  for (let i = 0; i < items.length; i++) {
    if (!good(items[i])) from = i + 1;
    else if (i - from + 1 >= count) return items[from];
  }
  return null;
}
