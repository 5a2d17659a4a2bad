/** When what happens, from the start of the baseline. */
import type { Duration } from "./duration.ts";
import type { FaultFor } from "./fault_value.ts";
import { type Bound, fixed } from "./predicted.ts";

/** The time before the first fault, which everything is compared with. */
export interface BaselineStep {
  readonly step: "baseline";
  readonly for_ms: number;
}

/** The time after the last fault. */
export interface RecoverStep {
  readonly step: "recover";
  readonly within: Bound;
  readonly stable: number;
}

/** Something and its time. */
export interface At {
  readonly at_ms: number;
  readonly step: BaselineStep | FaultFor | RecoverStep;
}

/** A timeline that cannot be run. */
export class TimelineError extends Error {
  override name = "TimelineError";
}

/** `at(s(10), refuse("source").for(s(20)))`; a fault without its length is a type error. */
export function at(time: Duration, step: BaselineStep | FaultFor | RecoverStep): At {
  return { at_ms: time, step };
}

/** Nothing but the load, for this long. */
export function baseline(duration: Duration): BaselineStep {
  return { step: "baseline", for_ms: duration };
}

/** No fault any more: `stable` good and fresh probes in a row within this time. */
export function recover(
  { within, stable }: { within: Bound | Duration; stable: number },
): RecoverStep {
  const bound = typeof within === "number" ? fixed(within, "promised") : within;
  return { step: "recover", within: bound, stable };
}
