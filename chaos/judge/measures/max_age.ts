/** The largest age anybody was told. */
import { AGES_MIN } from "../limits.ts";
import { duration } from "../quantity.ts";
import { dataProbes, describeProbe, hasData } from "./data_probes.ts";
import { windowsWithin } from "./latency.ts";
import { reading, type ReadMeasure } from "./reading.ts";
import type { Decision } from "../judgement.ts";

/**
 * Largest `age_ms` over answers *served* with data, to probes and to the load. A window of the load
 * that straddles the ends of the spans says nothing: nobody knows on which side its oldest answer was.
 *
 * Predicted: fault length + data interval + poll interval + fetch (+ largest backoff): the
 * snapshot held is at most one data interval and one poll old when the fault begins, and the first
 * poll after the lift comes a poll interval or a backoff later.
 */
export const maxAge: ReadMeasure = (run, spans) => {
  let largest: (Decision & { age_ms: number }) | null = null;
  let samples = 0;
  for (const probe of dataProbes(run, spans)) {
    if (!hasData(probe) || probe.age_ms === null) continue;
    samples++;
    if (largest === null || probe.age_ms > largest.age_ms) {
      largest = { age_ms: probe.age_ms, t_ms: probe.t_ms, text: describeProbe(probe) };
    }
  }
  for (const { t_ms, window_ms, age_max_ms } of windowsWithin(run, spans)) {
    if (age_max_ms === null) continue;
    samples++;
    if (largest === null || age_max_ms > largest.age_ms) {
      const text = `load: an answer of the ${duration(window_ms)} before said its data was ` +
        `${duration(age_max_ms)} old`;
      largest = { age_ms: age_max_ms, t_ms, text };
    }
  }
  return reading({
    value: largest?.age_ms ?? null,
    samples,
    samples_min: AGES_MIN,
    noun: "answer with an age",
    at: largest === null ? null : { t_ms: largest.t_ms, text: largest.text },
  });
};
