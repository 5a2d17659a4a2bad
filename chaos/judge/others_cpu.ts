/** CPU use by programs that do not belong to the run, and what it explains. */
import type { Condition } from "../vocabulary/mod.ts";
import { quantity } from "./format.ts";
import type { Span } from "./judgement.ts";
import { BEFORE_AGE_MS, OTHERS_CPU_SHARE_BUSY, OTHERS_CPU_SHARE_GROWTH_MAX } from "./limits.ts";
import type { Reading } from "./measures/reading.ts";
import type { Run } from "./run.ts";
import { baseline, inSpans } from "./run_segments.ts";

/** Process name of the samples with the CPU time of programs that do not belong to the run. */
const OTHERS = "others";

/**
 * Why latencies in these spans prove nothing: other programs used more of a core than in the
 * baseline, by more than {@link OTHERS_CPU_SHARE_GROWTH_MAX}. null if they did not, if the journal
 * has no samples, or if using CPU time is the fault.
 */
export function slowerForOtherReasons(run: Run, spans: readonly Span[]): string | null {
  if (usesCores(run)) return null;
  const span = baseline(run);
  if (span === null) return null;
  const before = othersShare(run, [span]), during = othersShare(run, spans);
  if (before === null || during === null) return null;
  if (during - before <= OTHERS_CPU_SHARE_GROWTH_MAX) return null;
  return `other programs used ${quantity(during, "%")} of a core meanwhile, ` +
    `${quantity(before, "%")} before`;
}

/**
 * The same for an age beyond its bound by at most one late poll or one timeout, also if the machine
 * was busy all the time: it explains no more than that. Only the time right before the response
 * counts.
 */
export function olderForOtherReasons(
  run: Run,
  { bound, relation }: Condition,
  { value, at }: Reading,
): string | null {
  if (relation !== "≤" || value === null || at === null) return null;
  const { poll_ms, poll_timeout_ms } = run.header.plan.settings;
  if (value - bound > poll_ms + poll_timeout_ms) return null;
  const before = { from_ms: at.t_ms - BEFORE_AGE_MS, to_ms: at.t_ms };
  if (usesCores(run)) return null;
  return slowerForOtherReasons(run, [before]) ?? busyText(run, before);
}

/**
 * The same for a skew, also if the machine was busy all the time: a replica waits for a core before
 * it can adopt a snapshot.
 */
export function laterForOtherReasons(
  run: Run,
  { bound }: Condition,
  { value, at }: Reading,
): string | null {
  if (value === null || at === null) return null;
  const { poll_ms, poll_timeout_ms } = run.header.plan.settings;
  if (value - bound > poll_ms + poll_timeout_ms) return null;
  return busyText(run, { from_ms: at.t_ms - BEFORE_AGE_MS, to_ms: at.t_ms });
}

/**
 * Why a slow start proves nothing: other programs used the cores that it needed. This does not
 * excuse a program that listened and had no data for longer than the bound.
 */
export function startedOnBusyMachine(
  run: Run,
  { bound }: Condition,
  { value, at }: Reading,
): string | null {
  if (value === null || at === null) return null;
  const ready = run.processes.findLast(({ action, t_ms }) => action === "ready" && t_ms < at.t_ms);
  if (ready !== undefined && at.t_ms - ready.t_ms > bound) return null;
  return busyText(run, { from_ms: at.t_ms - value - BEFORE_AGE_MS, to_ms: at.t_ms });
}

/** Whether using CPU time is the fault. */
function usesCores(run: Run): boolean {
  return run.header.plan.faults.some(({ fault }) => fault.kind === "resource.cpu");
}

function busyText(run: Run, span: Span): string | null {
  const share = othersShare(run, [span]);
  if (share === null || share <= OTHERS_CPU_SHARE_BUSY) return null;
  return `other programs used ${quantity(share, "%")} of a core meanwhile`;
}

function othersShare(run: Run, spans: readonly Span[]): number | null {
  const samples = inSpans(run.process_samples, spans)
    .filter(({ process, cpu_ms }) => process === OTHERS && cpu_ms !== null);
  if (samples.length < 2) return null;
  const first = samples[0], last = samples[samples.length - 1];
  // The machine's time minus the run's own may be slightly negative.
  return Math.max(0, (Number(last.cpu_ms) - Number(first.cpu_ms)) / (last.t_ms - first.t_ms));
}

/** Whether other programs used so much of the cores that timers and samples come late. */
export function isBusyWithOthers(run: Run, spans: readonly Span[]): boolean {
  return (othersShare(run, spans) ?? 0) > OTHERS_CPU_SHARE_BUSY;
}
