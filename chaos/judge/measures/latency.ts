/** The load's p95, and what a fault makes of it. */
import { percentile } from "../../../platform/mod.ts";
import type { LoadRecord } from "../../journal/records.ts";
import type { Run, Span } from "../run.ts";
import { bootstrap } from "../bootstrap.ts";
import { bucketPercentile, countOf } from "../histogram.ts";
import { WINDOW_REQUESTS_MIN, WINDOWS_MIN } from "../limits.ts";
import { quantity } from "../quantity.ts";
import { baseline, faultsOn } from "../spans.ts";
import { type Reading, reading, type ReadMeasure } from "./reading.ts";

/** Share of the windows whose p95 the measured one covers, in percent. */
const WINDOWS_COVERED_PCT = 75;

/**
 * The p95 three quarters of the load's windows stay within, in ms: each window's own p95, and of
 * those the upper quartile. One p95 over all would belong to the worst 5 % of the time, which on a
 * shared machine is somebody else's; a fault that slows a quarter of the time is seen.
 *
 * Windows count where they lie wholly within the spans.
 */
export const p95: ReadMeasure = (run, spans) => {
  const windows = windowsWithin(run, spans);
  const p95s = p95sOf(windows);
  const typical = (values: readonly number[]) =>
    percentile(values.toSorted((a, b) => a - b), WINDOWS_COVERED_PCT);
  if (p95s.length === 0) return tooFew(0);
  return reading({
    value: typical(p95s),
    samples: p95s.length,
    samples_min: WINDOWS_MIN,
    noun: "window of the load",
    at: slowest(windows),
    interval: bootstrap([p95s], ([drawn]) => typical(drawn)),
    note: `${p95s.length} windows, ${
      quantity(windows.reduce((sum, { requests }) => sum + requests, 0), "")
    } requests`,
  });
};

/** Both sides of a comparison of latencies. */
export interface LatencyRatio extends Reading {
  baseline_ms: number;
  fault_ms: number;
}

/**
 * Middle of the windows' p95s while a fault was on, over the middle of this run's baseline:
 * a control group in the same run, not a remembered number (as Netflix' ChAP does). Medians, so that
 * a burst of the machine's shorter than half of either side moves nothing.
 *
 * Whether it is broken is for `decide.ts`: only where the whole bootstrap interval is beyond the
 * bound and the difference is more than a timer's and a scheduler's.
 */
export function p95Ratio(run: Run): LatencyRatio {
  const before = baseline(run);
  const control = before === null ? [] : p95sOf(windowsWithin(run, [before]));
  const windows = windowsWithin(run, faultsOn(run));
  const fault = p95sOf(windows);
  const samples = Math.min(control.length, fault.length);
  const baseline_ms = middle(control), fault_ms = middle(fault);
  if (samples === 0) return { ...tooFew(0), baseline_ms, fault_ms };
  return {
    ...reading({
      value: fault_ms / baseline_ms,
      samples,
      samples_min: WINDOWS_MIN,
      noun: "window of the load on either side",
      at: slowest(windows),
      interval: bootstrap([fault, control], ([a, b]) => middle(a) / middle(b)),
      note: `${quantity(fault_ms, "ms")} over ${quantity(baseline_ms, "ms")}, middle of ` +
        `${fault.length} and ${control.length} windows`,
    }),
    baseline_ms,
    fault_ms,
  };
}

/** Windows that lie wholly within one of the spans. */
export function windowsWithin(run: Run, spans: readonly Span[]): LoadRecord[] {
  return run.load.filter(({ t_ms, window_ms }) =>
    spans.some(({ from_ms, to_ms }) => t_ms - window_ms >= from_ms && t_ms <= to_ms)
  );
}

/** p95 of each window with enough requests. */
export function p95sOf(windows: readonly LoadRecord[]): number[] {
  return windows.filter(({ durations }) => countOf(durations) >= WINDOW_REQUESTS_MIN)
    .map(({ durations }) => bucketPercentile(durations, 95));
}

/** The middle value; NaN where there is none. */
export function middle(values: readonly number[]): number {
  return percentile(values.toSorted((a, b) => a - b), 50);
}

function slowest(windows: readonly LoadRecord[]) {
  const enough = windows.filter(({ durations }) => countOf(durations) >= WINDOW_REQUESTS_MIN);
  if (enough.length === 0) return null;
  const p95Of = ({ durations }: LoadRecord) => bucketPercentile(durations, 95);
  const window = enough.reduce((worst, next) => p95Of(next) > p95Of(worst) ? next : worst);
  return {
    t_ms: window.t_ms,
    text:
      `load: p95 of ${window.requests} requests within ${quantity(window.window_ms, "ms")} was ` +
      quantity(p95Of(window), "ms"),
  };
}

function tooFew(samples: number): Reading {
  return reading({ samples, samples_min: WINDOWS_MIN, noun: "window of the load" });
}
