/** Rules of the CSV sample: column names, identity of a row, spellings of a missing value. */

/** Column that identifies a row in data_server's own profile. */
export const SWITCH_ID_COLUMN = "switch_id";

/** Value columns every data_server sample starts with, in this order. */
export const BASE_FIELDS = ["bandwidth_gbps", "latency_us", "packet_errors"] as const;

/**
 * Alternative sets of identity columns, used if `ID_COLUMNS` is not set. Each row takes the first
 * set of which it has every cell; columns match by name, in any case. The UFM spellings follow
 * NVIDIA's primary, secondary and XDR telemetry headers; all ports of a switch share one port_guid,
 * so the port number is always part of the key.
 */
export const IDENTITY_COLUMNS_DEFAULT: readonly (readonly string[])[] = [
  [SWITCH_ID_COLUMN],
  ["node_guid", "port_num"],
  ["node_guid", "port_number"],
  ["node_guid", "port"],
  ["sys_image_guid", "aport"],
];

/** Joins the parts of a composed identity: `0x248a070300e50c30:12`. */
export const IDENTITY_SEPARATOR = ":";

/** Columns (any case) that carry a row's own time, the first present one counts. */
export const ROW_TIME_COLUMNS: readonly string[] = [
  "timestamp",
  "timestamp_s",
  "timestamp_ms",
  "timestamp_us",
  "timestamp_ns",
];

/** Units of row times: epoch seconds to nanoseconds, or ISO 8601 date and time. */
export const TIME_UNITS = ["s", "ms", "us", "ns", "iso8601"] as const;

export type TimeUnit = typeof TIME_UNITS[number];

/** Column (any case) with the kind of a port. */
export const PORT_TYPE_COLUMN = "port_type";

/**
 * `port_type` of an aggregated port of UFM XDR. Its row may carry the GUID and port number of its
 * first plane; the set with {@link AGGREGATED_PORT_COLUMN} identifies it.
 */
export const PORT_TYPE_AGGREGATED = "4";

/** Column (any case) with the number of an aggregated port. */
export const AGGREGATED_PORT_COLUMN = "aport";

/** Spellings of "no value", compared in lower case; the empty cell is one too. */
export const MISSING_VALUES: readonly string[] = ["", "n/a", "nan", "-nan"];

/**
 * Name of the switch with this index: at least three digits, so that names sort up to 1,000.
 *
 * ```ts
 * switchName(7); // "sw-007"
 * switchName(99999); // "sw-99999"
 * ```
 */
export function switchName(index: number): string {
  return `sw-${String(index).padStart(3, "0")}`;
}
