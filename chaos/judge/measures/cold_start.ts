/** What a subject says that has never had data. */
import { PROBES_MIN } from "../limits.ts";
import { counted } from "../quantity.ts";
import { faultsOn } from "../spans.ts";
import { dataProbes, describeProbe } from "./data_probes.ts";
import { reading, type ReadMeasure } from "./reading.ts";

/**
 * Share of answers, in an outage from the start, that are 503 with a reason; 0–1, predicted 1. An
 * empty 200 would be taken for data. Probes before the first answer of all found nobody listening
 * yet and do not count.
 */
export const coldStartRefusedShare: ReadMeasure = (run) => {
  const on = faultsOn(run);
  const answered_ms = run.probes.find(({ status }) => status !== 0)?.t_ms ?? Infinity;
  const probes = dataProbes(run, on).filter(({ t_ms }) => t_ms >= answered_ms);
  const refused = probes.filter(({ status, error }) => status === 503 && error !== null);
  const other = probes.find((probe) => !refused.includes(probe));
  return reading({
    value: probes.length === 0 ? null : refused.length / probes.length,
    samples: probes.length,
    samples_min: PROBES_MIN,
    noun: "probe",
    at: other === undefined ? null : { t_ms: other.t_ms, text: describeProbe(other) },
    note: `${refused.length} of ${counted(probes.length, "answer")}`,
  });
};
