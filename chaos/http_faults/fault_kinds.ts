/** Kinds of HTTP faults, validated by the vocabulary. */
import {
  badEtag,
  clockSkew,
  counterReset,
  cutBody,
  duplicateColumn,
  duplicateRows,
  endlessBody,
  type Fault,
  type FaultContext,
  FaultError,
  type FaultParams,
  type FaultValue,
  frozenTimestamp,
  html,
  naFlood,
  oversizedBody,
  reorderColumns,
  slowDrip,
  slowFirstByte,
  status,
  tornRows,
  wrongLength,
} from "../vocabulary/mod.ts";

// deno-lint-ignore no-explicit-any -- each kind validates its own values
type Make = (values: any) => FaultValue;

const KINDS: Readonly<Record<string, Make>> = {
  "http.status": status,
  "http.slow_first_byte": slowFirstByte,
  "http.slow_drip": slowDrip,
  "http.html": html,
  "http.cut_body": cutBody,
  "http.wrong_length": wrongLength,
  "http.torn_rows": tornRows,
  "http.duplicate_column": duplicateColumn,
  "http.reorder_columns": reorderColumns,
  "http.duplicate_rows": duplicateRows,
  "http.frozen_timestamp": frozenTimestamp,
  "http.clock_skew": clockSkew,
  "http.counter_reset": counterReset,
  "http.na_flood": naFlood,
  "http.oversized_body": oversizedBody,
  "http.endless_body": endlessBody,
  "http.bad_etag": badEtag,
};

/** Names of the kinds. */
export const HTTP_FAULT_KINDS: readonly string[] = Object.keys(KINDS);

/** HTTP faults do not depend on the scenario's settings. */
const NO_CONTEXT = {} as FaultContext;

/**
 * Validates a fault.
 *
 * @throws {FaultError} with the kind, the parameter, its bound and its value.
 */
export function readFault(kind: unknown, params: unknown): Fault {
  const make = typeof kind === "string" && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (make === undefined) {
    throw new FaultError(`kind=${kind}: must be one of ${HTTP_FAULT_KINDS.join(", ")}`);
  }
  if (typeof params !== "object" || params === null || Array.isArray(params)) {
    throw new FaultError(`${kind} params=${JSON.stringify(params)}: must be an object`);
  }
  const fault = make(params).make(NO_CONTEXT);
  const unknown = Object.keys(params as FaultParams).find((name) => !(name in fault.params));
  if (unknown !== undefined) {
    const names = Object.keys(fault.params).join(", ") || "none";
    throw new FaultError(`${kind} ${unknown}: no such parameter; it has ${names}`);
  }
  return fault;
}
