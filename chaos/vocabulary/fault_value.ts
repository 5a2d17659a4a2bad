/** A fault as a scenario's author writes it: its values are checked when the scenario is built. */
import type { Duration } from "./bounds.ts";
import type { Fault, Settings } from "./plan.ts";
import type { Random } from "./random.ts";

/** The values a fault may depend on. */
export interface FaultContext {
  readonly settings: Settings;
  readonly random: Random;
}

/** A fault without a length: `at()` accepts it only after {@link FaultValue.for}. */
export interface FaultValue {
  for(duration: Duration): FaultFor;
  /** The fault itself. Throws {@link FaultError} if a value is out of its range. */
  make(context: FaultContext): Fault;
}

/** A fault and how long it lasts. */
export interface FaultFor {
  readonly step: "fault";
  readonly value: FaultValue;
  readonly for_ms: number;
}

/** A fault value from the function that makes the fault. */
export function faultValue(make: (context: FaultContext) => Fault): FaultValue {
  const value: FaultValue = {
    make,
    for: (duration) => ({ step: "fault", value, for_ms: duration }),
  };
  return value;
}

/** A fault has a value that it does not allow. */
export class FaultError extends Error {
  override name = "FaultError";
}

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  /** Whether fractions are refused. */
  readonly whole: boolean;
}

export function whole(min: number, max: number, unit = ""): Range {
  return { min, max, unit, whole: true };
}

export function real(min: number, max: number, unit = ""): Range {
  return { min, max, unit, whole: false };
}

/** A share of all responses, above 0. */
export const SHARE: Range = real(0.001, 1);

/** Number of a subject, from 0. */
export const SUBJECT: Range = whole(0, 31);

/** Longest delay a fault may add, in milliseconds. */
export const DELAY_MS_MAX = 60_000;
/** Most bytes a fault counts or sends. */
export const FAULT_BYTES_MAX = 268_435_456;

/** Returns the value if it is in its range; throws {@link FaultError} if not. */
export function bounded(kind: string, name: string, value: number, range: Range): number {
  const { min, max, unit } = range;
  const fits = typeof value === "number" && value >= min && value <= max &&
    (!range.whole || Number.isInteger(value));
  if (fits) return value;
  const type = range.whole ? "a whole number" : "a number";
  throw new FaultError(`${kind} ${name}=${value}: must be ${type} of ${min}–${max} ${unit}`.trim());
}

/** Returns the value if it is one of those allowed; throws {@link FaultError} if not. */
export function oneOf<T extends string | number>(
  kind: string,
  name: string,
  value: T,
  allowed: readonly T[],
): T {
  if (allowed.includes(value)) return value;
  throw new FaultError(`${kind} ${name}=${value}: must be one of ${allowed.join(", ")}`);
}
