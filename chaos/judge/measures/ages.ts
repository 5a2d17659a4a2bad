/** Reported ages. */
import { duration, quantity } from "../format.ts";
import type { Decision } from "../judgement.ts";
import { AGES_MIN } from "../limits.ts";
import { windowsWithin } from "../load_windows.ts";
import { reading, type ReadMeasure } from "./reading.ts";
import { recoveredBounds } from "./recovery.ts";
import { dataProbes, describeProbe, hasData } from "./responses.ts";

/**
 * Largest `age_ms` of responses with data, to probes and to the load. Load windows across the edge
 * of a span do not count: their oldest response may lie on either side.
 *
 * Predicted: fault length + data interval + poll interval + fetch (+ longest backoff). The snapshot
 * is at most one data interval and one poll old when the fault starts, and the first poll after the
 * lift comes a poll interval or a backoff later.
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
      const text = `load: a response in the ${duration(window_ms)} before reported an age of ` +
        duration(age_max_ms);
      largest = { age_ms: age_max_ms, t_ms, text };
    }
  }
  return reading({
    value: largest?.age_ms ?? null,
    samples,
    samples_min: AGES_MIN,
    noun: "response with an age",
    at: largest === null ? null : { t_ms: largest.t_ms, text: largest.text },
  });
};

/** Share of responses with data whose reported age is above the bound of unfaulted ages; 0–1. */
export const staleServedShare: ReadMeasure = (run, spans) => {
  const { age_max_ms } = recoveredBounds(run);
  const served = dataProbes(run, spans).filter(hasData);
  const stale = served.filter(({ age_ms }) => age_ms !== null && age_ms > age_max_ms);
  return reading({
    value: served.length === 0 ? null : stale.length / served.length,
    samples: served.length,
    noun: "response with data",
    note: `older than ${quantity(age_max_ms, "ms")}`,
  });
};
