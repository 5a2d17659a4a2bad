/** The load's p95, and what a fault makes of it. */
import { percentile } from "../../../platform/mod.ts";
import type { LoadRecord } from "../../journal/mod.ts";
import type { Run } from "../run.ts";
import type { Span } from "../span.ts";
import { bootstrap } from "../bootstrap.ts";
import { bucketPercentile, countIn, countOf } from "../histogram.ts";
import { WINDOW_REQUESTS_MIN, WINDOWS_LEFT_OUT, WINDOWS_MIN } from "../limits.ts";
import { quantity } from "../quantity.ts";
import { cutAtFaults, joinSmall } from "../pieces.ts";
import { baseline, faultsOn } from "../spans.ts";
import { type Reading, reading, type ReadMeasure } from "./reading.ts";

/** Share of the windows whose p95 the measured one covers, in percent. */
const WINDOWS_COVERED_PCT = 75;

/**
 * The p95 three quarters of the load's windows stay within, in ms: each window's own p95, and of
 * those the upper quartile. One p95 over all would belong to the worst 5 % of the time, which on a
 * shared machine is somebody else's; a fault that slows a quarter of the time is seen.
 *
 * Windows count where they lie wholly within the spans. Of several {@link p95Pieces} the slowest is told.
 */
export const p95: ReadMeasure = (run, spans) =>
  p95Pieces(run, spans).map(({ read }) => read)
    .reduce((worst, next) => (next.value ?? 0) > (worst.value ?? 0) ? next : worst);

/** A part of a run and its p95. */
export interface P95Piece {
  spans: readonly Span[];
  read: Reading;
}

/**
 * The p95 of the baseline, of each time a fault was on and of what comes after, each by itself: over
 * all together, a fault would be told only where it lasts for a quarter of the run. What has too few
 * windows to say anything joins the shorter of its neighbors. There is always one.
 */
export function p95Pieces(run: Run, spans: readonly Span[]): P95Piece[] {
  const pieces = joinSmall(
    cutAtFaults(run, spans).map((span) => [span]),
    (piece) => p95sOf(dueWithin(run, piece)).length >= WINDOWS_MIN,
  );
  if (pieces.length === 0) return [{ spans, read: tooFew(0) }];
  return pieces.map((piece) => ({ spans: piece, read: p95Of(run, piece) }));
}

function p95Of(run: Run, spans: readonly Span[]): Reading {
  const windows = dueWithin(run, spans);
  const p95s = p95sOf(windows);
  const typical = (values: Float64Array) => percentile(values.sort(), WINDOWS_COVERED_PCT);
  if (p95s.length === 0) return tooFew(0);
  return reading({
    value: typical(Float64Array.from(p95s)),
    samples: p95s.length,
    samples_min: WINDOWS_MIN,
    noun: "window of the load",
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
 * {@link typicalP95} while a fault was on, over that of this run's baseline: a control group in the
 * same run, not a remembered number (as Netflix' ChAP does).
 *
 * Whether it is broken is for `decide.ts`: only where the whole bootstrap interval is beyond the
 * bound and the difference is more than a timer's and a scheduler's.
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
  if (samples === 0) return { ...tooFew(0), baseline_ms, fault_ms };
  return {
    ...reading({
      value: fault_ms / baseline_ms,
      samples,
      samples_min: WINDOWS_MIN,
      noun: "window of the load on either side",
      at: slowest(windows),
      interval: bootstrap([fault, control], ([a, b]) => typicalP95(a) / typicalP95(b)),
      note: `${quantity(fault_ms, "ms")} over ${quantity(baseline_ms, "ms")}, means of ` +
        `${fault.length} and ${control.length} windows without the slowest tenth`,
    }),
    baseline_ms,
    fault_ms,
  };
}

/** Windows of the load, as it was answered, that lie wholly within one of the spans. */
export function windowsWithin({ load }: Run, spans: readonly Span[]): LoadRecord[] {
  return wholly(load, spans);
}

/** The same windows with the durations of what was due in them. */
export function dueWithin({ load_due }: Run, spans: readonly Span[]): LoadRecord[] {
  return wholly(load_due, spans);
}

function wholly(windows: readonly LoadRecord[], spans: readonly Span[]): LoadRecord[] {
  return windows.filter(({ t_ms, window_ms }) =>
    spans.some(({ from_ms, to_ms }) => t_ms - window_ms >= from_ms && t_ms <= to_ms)
  );
}

/** p95 of each window with enough requests. */
export function p95sOf(windows: readonly LoadRecord[]): number[] {
  return windows.filter(({ durations }) => countOf(durations) >= WINDOW_REQUESTS_MIN)
    .map(({ durations }) => bucketPercentile(durations, 95));
}

/**
 * Mean of the windows' p95s but the slowest {@link WINDOWS_LEFT_OUT}; NaN where there is none. A
 * median would not see a thread that stands still for a third of the time, and differs more from run
 * to run; a plain mean belongs to the one window in which the machine did something else.
 *
 * @param p95s Is sorted by this.
 */
export function typicalP95(p95s: Float64Array): number {
  const kept = Math.ceil(p95s.length * (1 - WINDOWS_LEFT_OUT));
  const sorted = p95s.sort();
  let sum = 0;
  for (let i = 0; i < kept; i++) sum += sorted[i];
  return sum / kept;
}

function slowest(windows: readonly LoadRecord[]) {
  const enough = windows.filter(({ durations }) => countOf(durations) >= WINDOW_REQUESTS_MIN);
  if (enough.length === 0) return null;
  const p95Of = ({ durations }: LoadRecord) => bucketPercentile(durations, 95);
  const window = enough.reduce((worst, next) => p95Of(next) > p95Of(worst) ? next : worst);
  return {
    t_ms: window.t_ms,
    text:
      `load: p95 of ${countOf(window.durations)} requests within ${
        quantity(window.window_ms, "ms")
      } was ` +
      quantity(p95Of(window), "ms"),
  };
}

function tooFew(samples: number): Reading {
  return reading({ samples, samples_min: WINDOWS_MIN, noun: "window of the load" });
}
