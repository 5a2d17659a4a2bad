/** Old data served, and labelled as such: a success, worth knowing. */
import { quantity } from "../quantity.ts";
import { dataProbes, hasData } from "./data_probes.ts";
import { reading, type ReadMeasure } from "./reading.ts";
import { recoveredBounds } from "./recover.ts";

/** Answers with an age beyond the bound of unfaulted ages, over all with data; 0–1. */
export const staleServedShare: ReadMeasure = (run, spans) => {
  const { age_max_ms } = recoveredBounds(run);
  const served = dataProbes(run, spans).filter(hasData);
  const stale = served.filter(({ age_ms }) => age_ms !== null && age_ms > age_max_ms);
  return reading({
    value: served.length === 0 ? null : stale.length / served.length,
    samples: served.length,
    noun: "answer with data",
    note: `older than ${quantity(age_max_ms, "ms")}`,
  });
};
