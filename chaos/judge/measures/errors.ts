/** Failed probes and requests, and responses before any data. */
import type { ProbeRecord } from "../../journal/mod.ts";
import { counted, quantity } from "../format.ts";
import {
  BUDGET_MS,
  CLIENT_FAILED_SHARE_MAX,
  CONTROL_STANDS_SHARE,
  LOAD_REQUESTS_MIN,
  PROBES_MIN,
  SLO,
} from "../limits.ts";
import { bucketPercentile, windowsWithin } from "../load_windows.ts";
import type { Run } from "../run.ts";
import { faultsOn, lengthOf, spansOf } from "../run_segments.ts";
import { reading, type ReadMeasure } from "./reading.ts";
import { dataProbes, describeProbe, goodAnswers } from "./responses.ts";

/** Error of a probe that got no answer in time. */
const NO_ANSWER = "timeout";

/**
 * Failed or unexpected responses over all, of probes that request data; 0–1. A probe that got no
 * answer while the control stood still, too, does not count.
 */
export const probeErrorShare: ReadMeasure = (run, spans) => {
  const probes = dataProbes(run, spans)
    .filter((probe) => !(probe.error === NO_ANSWER && stoodStill(run, probe)));
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

/** Whether a request to the control took a good part of the time that the probe waited. */
function stoodStill({ load }: Run, { t_ms, latency_ms }: ProbeRecord): boolean {
  return load.some(({ control, t_ms: end_ms, window_ms }) =>
    end_ms > t_ms - latency_ms && end_ms - window_ms <= t_ms &&
    bucketPercentile(control?.durations ?? [], 100) >= latency_ms * CONTROL_STANDS_SHARE
  );
}

function failureOf(probe: ProbeRecord): string {
  return describeProbe(probe) + (probe.status === 200 ? "; it has no value" : "");
}

/**
 * Failed requests of the load over all, in windows wholly within the spans; 0–1. A window in which
 * requests to the control failed, too, does not count: the client failed, not the subject.
 */
export const loadErrorShare: ReadMeasure = (run, spans) => {
  const all = windowsWithin(run, spans);
  const windows = all.filter(({ control }) => !control?.failed);
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
    doubt: windows.length >= all.length * (1 - CLIENT_FAILED_SHARE_MAX)
      ? null
      : `the control failed, too, in ${all.length - windows.length} of ${
        counted(all.length, "window")
      }`,
    note: `${failed.toLocaleString("en-US")} of ${counted(requests, "request")}`,
  });
};

function share({ failed, requests }: { failed: number; requests: number }): number {
  return requests === 0 ? 0 : failed / requests;
}

/**
 * Share of a 30-day error budget that the run's failures use: burn rate (bad / total) / (1 − SLO),
 * times the run's share of 30 days (Beyer et al., "The Site Reliability Workbook", 2018, chapter
 * 5). It counts requests of the load, or the probes if there is no load. null without either.
 */
export function errorBudgetShare(run: Run): number | null {
  const spans = spansOf(run, "always");
  const share = loadErrorShare(run, spans).value ?? probeErrorShare(run, spans).value;
  if (share === null) return null;
  return share / (1 - SLO) * lengthOf(spans) / BUDGET_MS;
}

/**
 * Share of responses, in an outage from the start, that are 503 with a reason; 0–1, predicted 1. An
 * empty 200 would be taken for data. Probes before the first response do not count: the subject was
 * not listening yet.
 */
export const coldStartRefusedShare: ReadMeasure = (run) => {
  const answered_ms = run.probes.find(({ status }) => status !== 0)?.t_ms ?? Infinity;
  const probes = dataProbes(run, faultsOn(run)).filter(({ t_ms }) => t_ms >= answered_ms);
  const refused = probes.filter(({ status, error }) => status === 503 && error !== null);
  const other = probes.find((probe) => !refused.includes(probe));
  return reading({
    value: probes.length === 0 ? null : refused.length / probes.length,
    samples: probes.length,
    samples_min: PROBES_MIN,
    noun: "probe",
    at: other === undefined ? null : { t_ms: other.t_ms, text: describeProbe(other) },
    note: `${refused.length} of ${counted(probes.length, "response")}`,
  });
};
