/** A fault as a scenario's author writes it: checked when the scenario is built, and with a time to be given. */
import type { Fault } from "./fault.ts";
import type { Settings } from "./plan.ts";
import type { Duration } from "./duration.ts";
import type { Random } from "./random.ts";

/** What a fault may depend on. */
export interface FaultContext {
  readonly settings: Settings;
  readonly random: Random;
}

/** A fault that has no end yet: `at()` takes it only after {@link FaultValue.for}. */
export interface FaultValue {
  for(duration: Duration): FaultFor;
  /**
   * The fault itself.
   *
   * @throws {FaultError} where a value is out of its bound.
   */
  make(context: FaultContext): Fault;
}

/** A fault and how long it lasts. */
export interface FaultFor {
  readonly step: "fault";
  readonly value: FaultValue;
  readonly for_ms: number;
}

/** What {@link FaultValue}s are made of. */
export function faultValue(make: (context: FaultContext) => Fault): FaultValue {
  const value: FaultValue = {
    make,
    for: (duration) => ({ step: "fault", value, for_ms: duration }),
  };
  return value;
}
