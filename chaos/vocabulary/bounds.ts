/** Checks of the values a fault is made of. */

/** What a parameter may be. */
export interface ParamBound {
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  /** Whether fractions are refused. */
  readonly whole: boolean;
}

/** Longest delay a fault may add, in milliseconds. */
export const DELAY_MS_MAX = 60_000;
/** Most bytes a fault counts or sends. */
export const FAULT_BYTES_MAX = 268_435_456;
/** Fastest throttle, in kB/s; beyond it there is nothing to see on loopback. */
export const RATE_KB_PER_S_MAX = 1_000_000;
/** Longest delay between slices, in µs. */
export const SLICE_DELAY_US_MAX = 1_000_000;
/** Workers that keep a core busy at once. */
export const CPU_WORKERS_MAX = 16;
/** Connections one fault may hold or open in all. */
export const FAULT_CONNECTIONS_MAX = 1_000;
/** Connections one fault may open a second. */
export const FAULT_CONNECTIONS_PER_S_MAX = 1_000;
/** Answers `http.status` may spoil in a row. */
export const BURST_MAX = 1_000;
/** How many times the load a load step may make of it. */
export const LOAD_FACTOR_MAX = 20;

/** A value that is not what its fault allows. */
export class FaultError extends Error {
  override name = "FaultError";
}

/** Bound of a whole number. */
export function whole(min: number, max: number, unit = ""): ParamBound {
  return { min, max, unit, whole: true };
}

/** Bound of any number. */
export function real(min: number, max: number, unit = ""): ParamBound {
  return { min, max, unit, whole: false };
}

/** Bound of a share of all answers, above 0. */
export const SHARE: ParamBound = real(0.001, 1);

/**
 * Returns the value where it is within its bound.
 *
 * @throws {FaultError} `tcp.latency delay_ms=-1: must be a whole number of 1–60000 ms`
 */
export function bounded(kind: string, name: string, value: number, bound: ParamBound): number {
  const { min, max, unit } = bound;
  const fits = typeof value === "number" && value >= min && value <= max &&
    (!bound.whole || Number.isInteger(value));
  if (fits) return value;
  const type = bound.whole ? "a whole number" : "a number";
  throw new FaultError(`${kind} ${name}=${value}: must be ${type} of ${min}–${max} ${unit}`.trim());
}

/** Returns the value where it is one of those allowed. */
export function oneOf<T extends string | number>(
  kind: string,
  name: string,
  value: T,
  allowed: readonly T[],
): T {
  if (allowed.includes(value)) return value;
  throw new FaultError(`${kind} ${name}=${value}: must be one of ${allowed.join(", ")}`);
}
