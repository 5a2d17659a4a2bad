/** Shares of answers that were not what was asked for. */
import type { ProbeRecord } from "../../journal/mod.ts";
import { LOAD_REQUESTS_MIN, PROBES_MIN } from "../limits.ts";
import { counted, quantity } from "../quantity.ts";
import { dataProbes, describeProbe, goodAnswers } from "./data_probes.ts";
import { windowsWithin } from "./latency.ts";
import { reading, type ReadMeasure } from "./reading.ts";

/**
 * Failed or unexpected answers over all, of the probes that ask for data; 0–1. A 200 without the
 * value that was asked for is one.
 */
export const probeErrorShare: ReadMeasure = (run, spans) => {
  const probes = dataProbes(run, spans);
  const isGood = goodAnswers(run);
  const bad = probes.filter((probe) => !isGood(probe));
  return reading({
    value: probes.length === 0 ? null : bad.length / probes.length,
    samples: probes.length,
    samples_min: PROBES_MIN,
    noun: "probe",
    at: bad.length === 0 ? null : { t_ms: bad[0].t_ms, text: failureOf(bad[0]) },
    note: `${bad.length} of ${counted(probes.length, "probe")}`,
  });
};

function failureOf(probe: ProbeRecord): string {
  return describeProbe(probe) + (probe.status === 200 ? "; it has no value" : "");
}

/** Failed requests of the load over all, of windows that lie wholly within the spans; 0–1. */
export const loadErrorShare: ReadMeasure = (run, spans) => {
  const windows = windowsWithin(run, spans);
  const requests = windows.reduce((sum, window) => sum + window.requests, 0);
  const failed = windows.reduce((sum, window) => sum + window.failed, 0);
  const worst = windows.toSorted((a, b) => share(b) - share(a))[0];
  return reading({
    value: requests === 0 ? null : failed / requests,
    samples: requests,
    samples_min: LOAD_REQUESTS_MIN,
    noun: "request of the load",
    at: failed === 0 ? null : {
      t_ms: worst.t_ms,
      text: `load: ${worst.failed} of ${worst.requests} requests failed within ` +
        quantity(worst.window_ms, "ms"),
    },
    note: `${failed.toLocaleString("en-US")} of ${counted(requests, "request")}`,
  });
};

function share({ failed, requests }: { failed: number; requests: number }): number {
  return requests === 0 ? 0 : failed / requests;
}
