/** Slowness that is the machine's, and ages that come of it. */
import type { Condition } from "../vocabulary/mod.ts";
import type { Reading } from "./measures/reading.ts";
import type { Run } from "./run.ts";
import type { Span } from "./span.ts";
import { LATE_LOOK_MS, OTHERS_CPU_SHARE_GROWTH_MAX } from "./limits.ts";
import { quantity } from "./quantity.ts";
import { baseline, inSpans } from "./spans.ts";

/** Process name of samples that hold the CPU time of programs that are not the run's. */
const OTHERS = "others";

/**
 * Why latencies in these spans say nothing: other programs took more of a core than in the baseline, by
 * more than {@link OTHERS_CPU_SHARE_GROWTH_MAX}. null where they did not, where nobody counted, or
 * where taking CPU time is the fault.
 */
export function slowerForOtherReasons(run: Run, spans: readonly Span[]): string | null {
  if (run.header.plan.faults.some(({ fault }) => fault.kind === "resource.cpu")) return null;
  const span = baseline(run);
  if (span === null) return null;
  const before = othersShare(run, [span]), during = othersShare(run, spans);
  if (before === null || during === null) return null;
  if (during - before <= OTHERS_CPU_SHARE_GROWTH_MAX) return null;
  return `other programs took ${quantity(during, "%")} of a core meanwhile, ` +
    `${quantity(before, "%")} before`;
}

/**
 * The same of an age that is over its bound by no more than one poll that came late, or ran into its
 * time-out: more than that is not the machine's. What others took counts right before the age was told.
 */
export function olderForOtherReasons(
  run: Run,
  { bound, relation }: Condition,
  { value, at }: Pick<Reading, "value" | "at">,
): string | null {
  if (relation !== "≤" || value === null || at === null) return null;
  const { poll_ms, poll_timeout_ms } = run.header.plan.settings;
  if (value - bound > poll_ms + poll_timeout_ms) return null;
  return slowerForOtherReasons(run, [{ from_ms: at.t_ms - LATE_LOOK_MS, to_ms: at.t_ms }]);
}

function othersShare(run: Run, spans: readonly Span[]): number | null {
  const samples = inSpans(run.process_samples, spans)
    .filter(({ process, cpu_ms }) => process === OTHERS && cpu_ms !== null);
  if (samples.length < 2) return null;
  const first = samples[0], last = samples[samples.length - 1];
  // What is left of the machine's time once the run's own is taken away may come out below nothing.
  return Math.max(0, (Number(last.cpu_ms) - Number(first.cpu_ms)) / (last.t_ms - first.t_ms));
}
