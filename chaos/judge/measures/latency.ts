/** The load's p95, by itself and compared to the baseline. */
import { percentile } from "../../../platform/mod.ts";
import type { LoadRecord } from "../../journal/mod.ts";
import { bootstrap } from "../bootstrap.ts";
import { quantity } from "../format.ts";
import type { Span } from "../judgement.ts";
import { WINDOW_REQUESTS_MIN, WINDOWS_LEFT_OUT, WINDOWS_MIN } from "../limits.ts";
import { bucketPercentile, countIn, countOf, dueWithin } from "../load_windows.ts";
import type { Run } from "../run.ts";
import { baseline, cutAtFaults, faultsOn, joinSmall } from "../run_segments.ts";
import { type Reading, reading, type ReadMeasure } from "./reading.ts";

/** Percentage of the windows whose p95 is at most the measured one. */
const WINDOWS_COVERED_PCT = 75;

const NO_WINDOWS = reading({ samples_min: WINDOWS_MIN, noun: "load window" });

/** The p95 of the slowest of the {@link p95Segments}, in ms. */
export const p95: ReadMeasure = (run, spans) =>
  p95Segments(run, spans).map(({ read }) => read)
    .reduce((worst, next) => (next.value ?? 0) > (worst.value ?? 0) ? next : worst);

/**
 * The p95 of each segment: the baseline, each time a fault was on, and the time after. Over the
 * whole run, a fault would show only if it lasted for a quarter of it. A segment with too few
 * windows joins the shorter of its neighbors. There is always one segment.
 */
export function p95Segments(
  run: Run,
  spans: readonly Span[],
): { spans: readonly Span[]; read: Reading }[] {
  const segments = joinSmall(
    cutAtFaults(run, spans).map((span) => [span]),
    (segment) => p95sOf(dueWithin(run, segment)).length >= WINDOWS_MIN,
  );
  if (segments.length === 0) return [{ spans, read: NO_WINDOWS }];
  return segments.map((segment) => ({ spans: segment, read: p95Of(run, segment) }));
}

/**
 * The upper quartile of the windows' p95s. One p95 over all requests would reflect the worst 5 % of
 * the time, which on a shared machine is often another program's doing; the quartile still shows a
 * fault that slows a quarter of the time.
 */
function p95Of(run: Run, spans: readonly Span[]): Reading {
  const windows = dueWithin(run, spans);
  const p95s = p95sOf(windows);
  const typical = (values: Float64Array) => percentile(values.sort(), WINDOWS_COVERED_PCT);
  if (p95s.length === 0) return NO_WINDOWS;
  return reading({
    value: typical(Float64Array.from(p95s)),
    samples: p95s.length,
    samples_min: WINDOWS_MIN,
    noun: "load window",
    at: slowest(windows),
    interval: bootstrap([p95s], ([drawn]) => typical(drawn)),
    note: `${p95s.length} windows, ${quantity(countIn(windows), "")} requests`,
  });
}

/** Both sides of a comparison of latencies. */
export interface LatencyRatio extends Reading {
  baseline_ms: number;
  fault_ms: number;
}

/**
 * {@link typicalP95} while a fault was on over this run's baseline: a control group in the
 * same run (like Netflix' ChAP), not a remembered number.
 */
export function p95Ratio(run: Run): LatencyRatio {
  const before = baseline(run);
  const control = before === null ? [] : p95sOf(dueWithin(run, [before]));
  const windows = dueWithin(run, faultsOn(run));
  const fault = p95sOf(windows);
  const samples = Math.min(control.length, fault.length);
  const [baseline_ms, fault_ms] = [control, fault].map((p95s) =>
    typicalP95(Float64Array.from(p95s))
  );
  if (samples === 0) return { ...NO_WINDOWS, baseline_ms, fault_ms };
  return {
    ...reading({
      value: fault_ms / baseline_ms,
      samples,
      samples_min: WINDOWS_MIN,
      noun: "load window on either side",
      at: slowest(windows),
      interval: bootstrap([fault, control], ([a, b]) => typicalP95(a) / typicalP95(b)),
      note: `${quantity(fault_ms, "ms")} over ${quantity(baseline_ms, "ms")}, means of ` +
        `${fault.length} and ${control.length} windows without the slowest tenth`,
    }),
    baseline_ms,
    fault_ms,
  };
}

const hasEnough = ({ durations }: LoadRecord) => countOf(durations) >= WINDOW_REQUESTS_MIN;
const p95OfWindow = ({ durations }: LoadRecord) => bucketPercentile(durations, 95);

/** The p95 of each window with enough requests. */
function p95sOf(windows: readonly LoadRecord[]): number[] {
  return windows.filter(hasEnough).map(p95OfWindow);
}

/**
 * Mean of the windows' p95s without the slowest {@link WINDOWS_LEFT_OUT}; NaN if there are none. A
 * median would miss a thread that stalls for a third of the time, and varies more between runs. A
 * plain mean would follow the one window in which the machine was busy.
 *
 * @param p95s Sorted in place.
 */
function typicalP95(p95s: Float64Array): number {
  const kept = Math.ceil(p95s.length * (1 - WINDOWS_LEFT_OUT));
  const sorted = p95s.sort();
  let sum = 0;
  for (let i = 0; i < kept; i++) sum += sorted[i];
  return sum / kept;
}

function slowest(windows: readonly LoadRecord[]) {
  const enough = windows.filter(hasEnough);
  if (enough.length === 0) return null;
  const window = enough.reduce((worst, next) =>
    p95OfWindow(next) > p95OfWindow(worst) ? next : worst
  );
  const requests = `${countOf(window.durations)} requests`;
  const length = quantity(window.window_ms, "ms");
  return {
    t_ms: window.t_ms,
    text: `load: p95 of ${requests} within ${length} was ${quantity(p95OfWindow(window), "ms")}`,
  };
}
