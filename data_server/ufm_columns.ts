/**
 * Columns of the UFM profile: identity columns and counters of the primary endpoint of NVIDIA UFM
 * Telemetry, and some of its secondary endpoint, so that every kind of cell occurs.
 */

/** Kind of the cells of a column. */
export type UfmKind =
  /** Bytes or packets: 64-bit, fast growing, beyond 2^53 on some ports. */
  | "traffic"
  /** Errors: small, slowly growing. */
  | "errors"
  /** Bit error ratio, such as `5.48295e-7`; `N/A` on a down port. */
  | "raw_ber"
  /** Bit error ratio; `nan` on a down port. */
  | "effective_ber"
  /** Text; empty on a down port. */
  | "link_speed"
  /** Text with `;` and `/`, like real descriptions. */
  | "description"
  /** Whole degrees Celsius. */
  | "temperature";

export interface UfmField {
  name: string;
  kind: UfmKind;
}

/** Columns before the values. Time is in epoch microseconds; `tag` is always empty. */
export const UFM_IDENTITY_COLUMNS = [
  "timestamp",
  "source_id",
  "tag",
  "node_guid",
  "port_guid",
  "port_num",
] as const;

/** Default of `DATA_FIELDS`, similar to a real primary endpoint. */
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

/** The first `count` value columns; after the named ones come `counter_026`, `counter_027`, … */
export function ufmFields(count: number): UfmField[] {
  return Array.from(
    { length: count },
    (_, index) =>
      NAMED_FIELDS[index] ??
        { name: `counter_${String(index).padStart(3, "0")}`, kind: "errors" },
  );
}
