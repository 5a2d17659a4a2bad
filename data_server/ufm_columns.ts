/**
 * Columns of the UFM profile: the identity columns and counters of NVIDIA UFM Telemetry's primary
 * endpoint, with some of the secondary endpoint's, so that every kind of cell occurs.
 */

/** What the cells of a column look like. */
export type UfmKind =
  /** Bytes or packets: 64 bit, grows fast, beyond 2^53 on some ports. */
  | "traffic"
  /** Errors: grows slowly, small. */
  | "errors"
  /** Bit error ratio, such as `5.48295e-7`; `N/A` on a port that is down. */
  | "raw_ber"
  /** Bit error ratio; `nan` on a port that is down. */
  | "effective_ber"
  /** Text; empty on a port that is down. */
  | "link_speed"
  /** Text, with the characters real descriptions have. */
  | "description"
  /** Whole degrees Celsius, wandering. */
  | "temperature";

/** A value column. */
export interface UfmField {
  name: string;
  kind: UfmKind;
}

/** Columns before the values. The time is epoch microseconds; `tag` is empty in every row. */
export const UFM_IDENTITY_COLUMNS = [
  "timestamp",
  "source_id",
  "tag",
  "node_guid",
  "port_guid",
  "port_num",
] as const;

/** Value columns where `DATA_FIELDS` is not set, about what a real primary endpoint has. */
export const UFM_FIELDS_DEFAULT = 30;

const NAMED_FIELDS: readonly UfmField[] = [
  { name: "PortXmitDataExtended", kind: "traffic" },
  { name: "PortRcvDataExtended", kind: "traffic" },
  { name: "PortXmitPktsExtended", kind: "traffic" },
  { name: "PortRcvPktsExtended", kind: "traffic" },
  { name: "SymbolErrorCounterExtended", kind: "errors" },
  { name: "LinkErrorRecoveryCounterExtended", kind: "errors" },
  { name: "LinkDownedCounterExtended", kind: "errors" },
  { name: "PortRcvErrorsExtended", kind: "errors" },
  { name: "Raw_BER", kind: "raw_ber" },
  { name: "Effective_BER", kind: "effective_ber" },
  { name: "Link_speed_active", kind: "link_speed" },
  { name: "node_description", kind: "description" },
  { name: "Chip_Temp", kind: "temperature" },
  { name: "PortRcvRemotePhysicalErrorsExtended", kind: "errors" },
  { name: "PortRcvSwitchRelayErrorsExtended", kind: "errors" },
  { name: "PortXmitDiscardsExtended", kind: "errors" },
  { name: "PortXmitConstraintErrorsExtended", kind: "errors" },
  { name: "PortRcvConstraintErrorsExtended", kind: "errors" },
  { name: "LocalLinkIntegrityErrorsExtended", kind: "errors" },
  { name: "ExcessiveBufferOverrunErrorsExtended", kind: "errors" },
  { name: "VL15DroppedExtended", kind: "errors" },
  { name: "PortXmitWaitExtended", kind: "traffic" },
  { name: "PortUniCastXmitPktsExtended", kind: "traffic" },
  { name: "PortUniCastRcvPktsExtended", kind: "traffic" },
  { name: "PortMultiCastXmitPktsExtended", kind: "traffic" },
  { name: "PortMultiCastRcvPktsExtended", kind: "traffic" },
];

/**
 * The first `count` value columns; beyond the named ones `counter_026`, `counter_027`, …
 *
 * ```ts
 * ufmFields(3).map((field) => field.name); // ["PortXmitDataExtended", …]
 * ```
 */
export function ufmFields(count: number): UfmField[] {
  return Array.from(
    { length: count },
    (_, index) =>
      NAMED_FIELDS[index] ??
        { name: `counter_${String(index).padStart(3, "0")}`, kind: "errors" },
  );
}
