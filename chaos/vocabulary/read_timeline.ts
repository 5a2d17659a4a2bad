/** A timeline's parts, and whether they make a run. */
import { durationText } from "./duration.ts";
import type { FaultFor } from "./fault_value.ts";
import { type At, type BaselineStep, type RecoverStep, TimelineError } from "./timeline.ts";

/** Most faults of a scenario. */
export const FAULTS_MAX = 32;
/** Shortest baseline, in milliseconds: fewer samples prove nothing. */
export const BASELINE_MS_MIN = 1000;
/** Shortest time a fault may last, in milliseconds. */
export const FAULT_MS_MIN = 100;
/** Most good probes in a row a recovery may ask for. */
export const STABLE_MAX = 100;

/** Parts of a timeline that can be run. */
export interface Timeline {
  readonly baseline: BaselineStep;
  readonly faults: readonly { at_ms: number; step: FaultFor }[];
  readonly recover: RecoverStep;
}

/** @throws {TimelineError} naming the value and the bound. */
export function readTimeline(timeline: readonly At[]): Timeline {
  const [first, ...rest] = timeline;
  const last = rest.pop();
  if (first?.step.step !== "baseline" || first.at_ms !== 0) {
    throw new TimelineError("timeline: must start with at(s(0), baseline(…))");
  }
  if (last?.step.step !== "recover") {
    throw new TimelineError("timeline: must end with at(…, recover(…))");
  }
  const baseline = first.step, recover = last.step;
  atLeast("baseline", baseline.for_ms, BASELINE_MS_MIN);
  const faults = rest.map(({ at_ms, step }) => {
    if (step.step !== "fault") {
      throw new TimelineError(`timeline: ${step.step} at ${durationText(at_ms)} is out of place`);
    }
    if (!(at_ms >= baseline.for_ms)) {
      throw new TimelineError(
        `fault at ${durationText(at_ms)}: must not start before the baseline ends at ${
          durationText(baseline.for_ms)
        }`,
      );
    }
    atLeast(`fault at ${durationText(at_ms)} lasts`, step.for_ms, FAULT_MS_MIN);
    if (at_ms + step.for_ms > last.at_ms) {
      throw new TimelineError(
        `recover at ${durationText(last.at_ms)}: must not start before the last fault ends at ${
          durationText(at_ms + step.for_ms)
        }`,
      );
    }
    return { at_ms, step };
  });
  if (faults.length < 1 || faults.length > FAULTS_MAX) {
    throw new TimelineError(`timeline: must have 1–${FAULTS_MAX} faults, got ${faults.length}`);
  }
  if (!(Number.isInteger(recover.stable) && recover.stable >= 1 && recover.stable <= STABLE_MAX)) {
    throw new TimelineError(
      `recover stable=${recover.stable}: must be a whole number of 1–${STABLE_MAX}`,
    );
  }
  return { baseline, faults, recover };
}

function atLeast(what: string, value_ms: number, min_ms: number): void {
  if (value_ms >= min_ms) return;
  throw new TimelineError(
    `${what} ${durationText(value_ms)}: must be at least ${durationText(min_ms)}`,
  );
}
