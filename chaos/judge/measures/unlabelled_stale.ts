/** Data that is older than it is said to be. */
import type { ProbeRecord } from "../../journal/mod.ts";
import type { Run } from "../run.ts";
import { AGE_TOLERANCE_MS, COMPARISONS_MIN } from "../limits.ts";
import { counted, duration } from "../quantity.ts";
import { dataProbes, describeProbe, hasData } from "./data_probes.ts";
import { wasRewritten } from "./no_value.ts";
import { notCompared, reading, type ReadMeasure } from "./reading.ts";
import { trueAge, truthOf } from "./truth.ts";

/**
 * Answers with data that tell no age, or one younger than the data truly is, by more than the
 * tolerance; a count, predicted 0.
 *
 * True age = when the answer was asked for − when the source took its snapshot. The snapshot is
 * found by the id the answer tells, else by its value; where too many cannot be found, nothing is
 * said. Tolerance: {@link AGE_TOLERANCE_MS}, and
 * under a fault that makes the source's timestamp lie ahead, what nobody behind it can know: a data
 * interval, a poll interval and a fetch.
 */
export const unlabelledStale: ReadMeasure = (run, spans) => {
  const truth = truthOf(run);
  const tolerance_ms = ageTolerance(run);
  const unlabelled: { probe: ProbeRecord; text: string }[] = [];
  let samples = 0, not_compared = 0;
  for (const probe of dataProbes(run, spans)) {
    if (!hasData(probe)) continue;
    if (probe.age_ms === null) {
      samples++;
      unlabelled.push({ probe, text: "it tells no age" });
      continue;
    }
    const snapshot = truth.snapshotOf(probe);
    if (snapshot === null) {
      // A list names no snapshot, and values a fault made up are in none.
      if (probe.switch_id !== null && !wasRewritten(run, probe)) not_compared++;
      continue;
    }
    samples++;
    const true_ms = trueAge(run, probe, snapshot);
    if (probe.age_ms < true_ms - tolerance_ms) {
      unlabelled.push({ probe, text: `the source took that data ${duration(true_ms)} before` });
    }
  }
  const first = unlabelled[0];
  return reading({
    value: samples === 0 ? null : unlabelled.length,
    samples,
    samples_min: COMPARISONS_MIN,
    noun: "answer whose snapshot is known",
    at: first === undefined
      ? null
      : { t_ms: first.probe.t_ms, text: `${describeProbe(first.probe)}; ${first.text}` },
    doubt: notCompared(not_compared, samples),
    note: `${unlabelled.length} of ${counted(samples, "answer")}`,
  });
};

function ageTolerance(run: Run): number {
  const { settings, faults } = run.header.plan;
  const ahead = faults.some(({ fault }) =>
    fault.kind === "http.clock_skew" && Number(fault.params.skew_ms) > 0
  );
  const unknowable_ms = settings.data_interval_ms + settings.poll_ms + settings.poll_timeout_ms;
  return AGE_TOLERANCE_MS + (ahead ? unknowable_ms : 0);
}
