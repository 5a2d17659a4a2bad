/** Kinds of faults the proxy can carry out, and their bounds: those of the vocabulary. */
import * as faults from "../vocabulary/faults_http.ts";
import { FaultError } from "../vocabulary/bounds.ts";
import type { Fault, FaultParams } from "../vocabulary/fault.ts";
import type { FaultContext, FaultValue } from "../vocabulary/fault_value.ts";

// deno-lint-ignore no-explicit-any -- each takes values of its own, and checks them itself
type Make = (values: any) => FaultValue;

const KINDS: Readonly<Record<string, Make>> = {
  "http.status": faults.status,
  "http.slow_first_byte": faults.slowFirstByte,
  "http.slow_drip": faults.slowDrip,
  "http.html": faults.html,
  "http.cut_body": faults.cutBody,
  "http.wrong_length": faults.wrongLength,
  "http.torn_rows": faults.tornRows,
  "http.duplicate_column": faults.duplicateColumn,
  "http.reorder_columns": faults.reorderColumns,
  "http.duplicate_rows": faults.duplicateRows,
  "http.frozen_timestamp": faults.frozenTimestamp,
  "http.clock_skew": faults.clockSkew,
  "http.counter_reset": faults.counterReset,
  "http.na_flood": faults.naFlood,
  "http.oversized_body": faults.oversizedBody,
  "http.endless_body": faults.endlessBody,
  "http.bad_etag": faults.badEtag,
};

/** Names of the kinds. */
export const HTTP_FAULT_KINDS: readonly string[] = Object.keys(KINDS);

/** Faults of HTTP do not depend on the scenario's settings. */
const NO_CONTEXT = {} as FaultContext;

/**
 * The fault, checked.
 *
 * @throws {FaultError} naming the kind, the parameter, its bound and its value.
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
