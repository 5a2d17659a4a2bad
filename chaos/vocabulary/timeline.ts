/** The timeline of a scenario, from the start of the baseline. */
import { type Bound, type Duration, durationText, fixed } from "./bounds.ts";
import type { FaultFor } from "./fault_value.ts";

/** The time before the first fault, to which the rest is compared. */
interface BaselineStep {
  readonly step: "baseline";
  readonly for_ms: number;
}

/** The time after the last fault. */
interface RecoverStep {
  readonly step: "recover";
  readonly within: Bound;
  readonly stable: number;
}

/** A step and its start. */
export interface At {
  readonly at_ms: number;
  readonly step: BaselineStep | FaultFor | RecoverStep;
}

export class TimelineError extends Error {
  override name = "TimelineError";
}

/** `at(s(10), refuse("source").for(s(20)))`. A fault without a length is a type error. */
export function at(time: Duration, step: BaselineStep | FaultFor | RecoverStep): At {
  return { at_ms: time, step };
}

/** Only the load, for this long. */
export function baseline(duration: Duration): BaselineStep {
  return { step: "baseline", for_ms: duration };
}

/** No more faults: `stable` good and fresh probes in a row must follow within this time. */
export function recover(
  { within, stable }: { within: Bound | Duration; stable: number },
): RecoverStep {
  const bound = typeof within === "number" ? fixed(within, "promised") : within;
  return { step: "recover", within: bound, stable };
}

const FAULTS_MAX = 32;
/** Shortest baseline, in milliseconds: a shorter one has too few samples to compare with. */
const BASELINE_MS_MIN = 1000;
const FAULT_MS_MIN = 100;
/** Most good probes in a row that a recovery may require. */
const STABLE_MAX = 100;

/** Checks a timeline. Throws {@link TimelineError} with the value and its bound. */
export function readTimeline(timeline: readonly At[]) {
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
    demand(
      at_ms >= baseline.for_ms,
      `fault at ${durationText(at_ms)}: must not start before the baseline ends at ${
        durationText(baseline.for_ms)
      }`,
    );
    atLeast(`fault at ${durationText(at_ms)} lasts`, step.for_ms, FAULT_MS_MIN);
    demand(
      at_ms + step.for_ms <= last.at_ms,
      `recover at ${durationText(last.at_ms)}: must not start before the last fault ends at ${
        durationText(at_ms + step.for_ms)
      }`,
    );
    return { at_ms, step };
  });
  demand(
    faults.length >= 1 && faults.length <= FAULTS_MAX,
    `timeline: must have 1–${FAULTS_MAX} faults, got ${faults.length}`,
  );
  demand(
    Number.isInteger(recover.stable) && recover.stable >= 1 && recover.stable <= STABLE_MAX,
    `recover stable=${recover.stable}: must be a whole number of 1–${STABLE_MAX}`,
  );
  return { baseline, faults, recover };
}

function atLeast(what: string, value_ms: number, min_ms: number): void {
  demand(
    value_ms >= min_ms,
    `${what} ${durationText(value_ms)}: must be at least ${durationText(min_ms)}`,
  );
}

/** Throws {@link TimelineError} unless the requirement holds. */
export function demand(holds: boolean, message: string): void {
  if (!holds) throw new TimelineError(message);
}
