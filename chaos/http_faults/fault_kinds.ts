/** Kinds of HTTP faults, validated by the vocabulary. */
import * as vocabulary from "../vocabulary/mod.ts";
import { type Fault, type FaultContext, FaultError, type FaultValue } from "../vocabulary/mod.ts";

// deno-lint-ignore no-explicit-any -- each kind validates its own values
const KINDS: Readonly<Record<string, (values: any) => FaultValue>> = {
  "http.status": vocabulary.status,
  "http.slow_first_byte": vocabulary.slowFirstByte,
  "http.slow_drip": vocabulary.slowDrip,
  "http.html": vocabulary.html,
  "http.cut_body": vocabulary.cutBody,
  "http.wrong_length": vocabulary.wrongLength,
  "http.torn_rows": vocabulary.tornRows,
  "http.duplicate_column": vocabulary.duplicateColumn,
  "http.reorder_columns": vocabulary.reorderColumns,
  "http.duplicate_rows": vocabulary.duplicateRows,
  "http.removed_rows": vocabulary.removedRows,
  "http.frozen_timestamp": vocabulary.frozenTimestamp,
  "http.clock_skew": vocabulary.clockSkew,
  "http.counter_reset": vocabulary.counterReset,
  "http.na_flood": vocabulary.naFlood,
  "http.oversized_body": vocabulary.oversizedBody,
  "http.endless_body": vocabulary.endlessBody,
  "http.bad_etag": vocabulary.badEtag,
};

export const HTTP_FAULT_KINDS: readonly string[] = Object.keys(KINDS);

/** HTTP faults do not depend on the scenario's settings. */
const NO_CONTEXT = {} as FaultContext;

/** Validates a fault. Throws {@link FaultError} with the parameter, its bound and its value. */
export function readFault(kind: unknown, params: unknown): Fault {
  const make = typeof kind === "string" && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (make === undefined) {
    throw new FaultError(`kind=${kind}: must be one of ${HTTP_FAULT_KINDS.join(", ")}`);
  }
  if (typeof params !== "object" || params === null || Array.isArray(params)) {
    throw new FaultError(`${kind} params=${JSON.stringify(params)}: must be an object`);
  }
  const fault = make(params).make(NO_CONTEXT);
  const unknown = Object.keys(params).find((name) => !(name in fault.params));
  if (unknown !== undefined) {
    const names = Object.keys(fault.params).join(", ") || "none";
    throw new FaultError(`${kind} ${unknown}: no such parameter; it has ${names}`);
  }
  return fault;
}
