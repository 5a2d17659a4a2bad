/** Whether clients' requests become the source's. */
import { POLLS_MIN } from "../limits.ts";
import { duration } from "../quantity.ts";
import type { Run } from "../run.ts";
import type { Span } from "../span.ts";
import { baseline, faultsOn } from "../spans.ts";
import { windowsWithin } from "./latency.ts";
import { attemptsIn } from "./poll_attempts.ts";
import { reading, type ReadMeasure } from "./reading.ts";

/** The load has to have grown by this factor for the comparison to say anything. */
const LOAD_GROWTH_MIN = 3;

/**
 * Polls a second while the load is raised over polls a second in the baseline. A cache that polls on
 * its own clock has 1, whatever the load; one that asks the source for its clients follows the load.
 *
 * The slope of polls/s against requests/s is 0 exactly where this ratio is 1.
 */
export const decouplingRatio: ReadMeasure = (run) => {
  const low_span = baseline(run);
  const high_span = faultsOn(run)[0];
  const wanting = { samples_min: POLLS_MIN, noun: "poll at either load" };
  if (low_span === null || high_span === undefined) return reading(wanting);
  const low = attemptsIn(run, low_span), high = attemptsIn(run, high_span);
  if (low === null || high === null) return reading({ ...wanting, doubt: "nothing counted polls" });
  const growth = loadRate(run, high_span) / loadRate(run, low_span);
  if (!(growth >= LOAD_GROWTH_MIN)) {
    return reading({
      ...wanting,
      doubt: `the load grew ${growth.toFixed(1)} times only, ${LOAD_GROWTH_MIN} times is the least`,
    });
  }
  const ratio = (more: number) => ((high.count + more) / high.over_ms) / (low.count / low.over_ms);
  return reading({
    ...wanting,
    value: ratio(0),
    samples: Math.min(low.count, high.count),
    at: {
      t_ms: high_span.to_ms,
      text: `${rate(high)} at ${growth.toFixed(1)} times the load, ${rate(low)} before ` +
        `(${high.evidence})`,
    },
    interval: [ratio(-1), ratio(1)],
    note: `load × ${growth.toFixed(1)}`,
  });
};

function rate({ count, over_ms }: { count: number; over_ms: number }): string {
  return `${(count / over_ms * 1000).toFixed(2)} polls/s in ${duration(over_ms)}`;
}

function loadRate(run: Run, span: Span): number {
  const windows = windowsWithin(run, [span]);
  const requests = windows.reduce((sum, window) => sum + window.requests, 0);
  return requests / windows.reduce((sum, { window_ms }) => sum + window_ms, 0);
}
