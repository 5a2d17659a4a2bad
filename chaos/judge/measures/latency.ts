/**
 * The load's latencies: percentiles of all requests that were due in a part of the run, and the
 * control's in the same seconds.
 */
import type { LoadRecord } from "../../journal/mod.ts";
import type { Measure } from "../../vocabulary/mod.ts";
import { bootstrap, type Interval } from "../bootstrap.ts";
import { quantity } from "../format.ts";
import type { Decision, Span } from "../judgement.ts";
import { LATENCY_FLOOR_MS, P99_FLOOR_MS, SLOW_ANSWER_MS, WINDOWS_MIN } from "../limits.ts";
import { bucketPercentile, countOf, dueWithin } from "../load_windows.ts";
import { poolAll, type Sides } from "../pooled.ts";
import type { Run } from "../run.ts";
import { baseline, cutAtFaults, faultsOn, joinSmall } from "../run_segments.ts";
import { type Reading, reading, type ReadMeasure } from "./reading.ts";

/** Measures of latency, judged beside the control. */
export const LATENCY_MEASURES = ["p95_ms", "p95_ratio", "p99_ratio", "slow_share"] as const;

export type LatencyMeasure = typeof LATENCY_MEASURES[number];

export function isLatency(measure: Measure): measure is LatencyMeasure {
  return LATENCY_MEASURES.some((one) => one === measure);
}

/** A latency in one part of the run. */
export interface LatencyReading extends Reading {
  spans: readonly Span[];
  /** The same statistic of the control; NaN without a control. */
  control: number;
  /** By how much the claim is false beyond what the control explains; 0 or less: it is true. */
  excess(bound: number): number;
  /** Interval of {@link excess}. */
  excessInterval(bound: number): Interval;
}

interface Statistic {
  value(groups: readonly Sides[]): number;
  /** Above 0 if the value is beyond the bound and the control explains none of it. */
  excess(groups: readonly Sides[], bound: number): number;
  control(groups: readonly Sides[]): number;
  note(groups: readonly Sides[]): string;
}

const ms = (value_ms: number) => quantity(value_ms, "ms");
const percentileOf = (side: keyof Sides, p: number) => (sides: Sides) =>
  sides[side]?.percentile(p) ?? NaN;
const subjectP95 = percentileOf("subject", 95), controlP95 = percentileOf("control", 95);
const subjectP99 = percentileOf("subject", 99), controlP99 = percentileOf("control", 99);
const shareOf = (side: keyof Sides) => (sides: Sides) =>
  sides[side]?.shareOver(SLOW_ANSWER_MS) ?? NaN;
const slowSubject = shareOf("subject"), slowControl = shareOf("control");

/** The subject's p95 over the control's; its p95 alone without a control. */
const relativeP95 = (sides: Sides) =>
  subjectP95(sides) / (sides.control === null ? 1 : controlP95(sides));
const moreThanControl = (sides: Sides) =>
  subjectP95(sides) - (sides.control === null ? 0 : controlP95(sides));

const STATISTICS: Readonly<Record<LatencyMeasure, Statistic>> = {
  p95_ms: {
    value: ([sides]) => subjectP95(sides),
    excess: ([sides], bound) =>
      Math.min(
        subjectP95(sides) - bound,
        sides.control === null ? Infinity : bound - controlP95(sides),
      ),
    control: ([sides]) => controlP95(sides),
    note: ([sides]) => sides.control === null ? "" : `the control's is ${ms(controlP95(sides))}`,
  },
  p99_ratio: {
    value: ([sides]) => subjectP99(sides) / controlP99(sides),
    excess: ([sides], bound) =>
      Math.min(
        subjectP99(sides) / controlP99(sides) - bound,
        subjectP99(sides) - controlP99(sides) - P99_FLOOR_MS,
      ),
    control: ([sides]) => controlP99(sides),
    note: ([sides]) => `${ms(subjectP99(sides))} over ${ms(controlP99(sides))}`,
  },
  slow_share: {
    value: ([sides]) => slowSubject(sides) - slowControl(sides),
    excess: ([sides], bound) => slowSubject(sides) - slowControl(sides) - bound,
    control: ([sides]) => slowControl(sides),
    note: ([sides]) =>
      `${quantity(slowSubject(sides), "%")} of the subject's answers and ` +
      `${quantity(slowControl(sides), "%")} of the control's over ${ms(SLOW_ANSWER_MS)}`,
  },
  p95_ratio: {
    value: ([before, during]) => relativeP95(during) / relativeP95(before),
    excess: ([before, during], bound) =>
      Math.min(
        relativeP95(during) / relativeP95(before) - bound,
        moreThanControl(during) - moreThanControl(before) - LATENCY_FLOOR_MS,
      ),
    control: ([, during]) => controlP95(during),
    note: (groups) =>
      groups.map((sides) =>
        sides.control === null
          ? ms(subjectP95(sides))
          : `${ms(subjectP95(sides))} (control ${ms(controlP95(sides))})`
      ).toReversed().join(" over "),
  },
};

/** The worst of the {@link latenciesIn}. */
const worst = (measure: LatencyMeasure): ReadMeasure => (run, spans) =>
  latenciesIn(run, measure, spans)
    .reduce((worst, next) => (next.value ?? 0) > (worst.value ?? 0) ? next : worst);

/** p95 of all requests due in the slowest segment, in ms. */
export const p95: ReadMeasure = worst("p95_ms");
/** p99 of the subject over the control's in the same seconds. */
export const p99Ratio: ReadMeasure = worst("p99_ratio");
/** Share of answers over {@link SLOW_ANSWER_MS}, minus the control's; −1 to 1. */
export const slowShare: ReadMeasure = worst("slow_share");

/**
 * Subject over control while a fault was on, over the same in this run's baseline: a control group
 * in the same run (like Netflix' ChAP), not a remembered number.
 */
export function p95Ratio(run: Run): LatencyReading {
  const before = baseline(run), during = faultsOn(run);
  const groups = [before === null ? [] : [before], during];
  return latencyOf(run, "p95_ratio", groups, "load window on either side");
}

/**
 * The readings of a measure, of which the worst counts; at least one. A p95 is judged in each
 * segment: over the whole run, a fault would show only if it lasted for much of it. A p99 and a
 * share of slow answers need more requests than a short segment has, so they cover all spans.
 */
export function latenciesIn(
  run: Run,
  measure: LatencyMeasure,
  spans: readonly Span[],
): LatencyReading[] {
  if (measure === "p95_ratio") return [p95Ratio(run)];
  const segments = measure === "p95_ms" ? segmentsOf(run, spans) : [];
  return (segments.length === 0 ? [spans] : segments)
    .map((segment) => latencyOf(run, measure, [segment], "load window"));
}

/**
 * The baseline, each time a fault was on, and the time after. A segment with too few windows joins
 * the shorter of its neighbors.
 */
export function segmentsOf(run: Run, spans: readonly Span[]): (readonly Span[])[] {
  return joinSmall(
    cutAtFaults(run, spans).map((span) => [span]),
    (segment) => windowsWith(run, segment).length >= WINDOWS_MIN,
  );
}

function latencyOf(
  run: Run,
  measure: LatencyMeasure,
  groups: readonly (readonly Span[])[],
  noun: string,
): LatencyReading {
  const { value, excess, control, note } = STATISTICS[measure];
  const windows = groups.map((spans) => windowsWith(run, spans));
  const pooled = windows.map(poolAll);
  const spans = groups[groups.length - 1];
  const samples = Math.min(...windows.map(({ length }) => length));
  const measured = value(pooled);
  const needs_control = measure === "p99_ratio" || measure === "slow_share";
  const lacks_control = needs_control && pooled[0].control === null;
  const known = samples === 0 || lacks_control ? "" : note(pooled);
  return {
    ...reading({
      value: samples === 0 || Number.isNaN(measured) ? null : measured,
      samples,
      samples_min: WINDOWS_MIN,
      noun,
      at: decisionOf(measure, windows[windows.length - 1], known),
      doubt: samples > 0 && lacks_control ? "the load had no control" : null,
      note: known,
    }),
    spans,
    control: samples === 0 ? NaN : control(pooled),
    excess: (bound) => excess(pooled, bound),
    excessInterval: (bound) => bootstrap(windows, (drawn) => excess(drawn, bound)),
  };
}

/** Windows with requests. */
export function windowsWith(run: Run, spans: readonly Span[]): LoadRecord[] {
  return dueWithin(run, spans).filter(({ durations }) => countOf(durations) > 0);
}

/** The slowest window, with the whole measure if a single window has no value of it. */
function decisionOf(
  measure: LatencyMeasure,
  windows: readonly LoadRecord[],
  note: string,
): Decision | null {
  if (windows.length === 0) return null;
  const p95Of = ({ durations }: Pick<LoadRecord, "durations">) => bucketPercentile(durations, 95);
  const window = windows.reduce((worst, next) => p95Of(next) > p95Of(worst) ? next : worst);
  const { t_ms, window_ms, durations, control } = window;
  if (measure === "slow_share" || measure === "p99_ratio") {
    return note === "" ? null : { t_ms, text: `load: ${note}` };
  }
  const requests = `${countOf(durations)} requests`;
  const beside = control ? `, ${ms(p95Of(control))} for the control` : "";
  return {
    t_ms,
    text: `load: p95 of ${requests} within ${ms(window_ms)} was ${ms(p95Of(window))}${beside}`,
  };
}
