/**
 * What is known of columns by their names: UFM Telemetry's and data_server's.
 *
 * Names: NVIDIA UFM Telemetry's CSV (primary and secondary endpoint). Widths and units: InfiniBand
 * Architecture Specification, volume 1, PortCounters and PortCountersExtended. Their counters stop
 * at all ones instead of wrapping, and `PortXmitData` and `PortRcvData` count words of 4 octets.
 */
import { ROW_TIME_COLUMNS } from "./csv.ts";

/**
 * `counter`: only grows, except for resets. `gauge`: a number that rises and falls. `label`: names
 * or describes the row. `time`: the row's own time.
 */
export const COLUMN_KINDS = ["counter", "gauge", "label", "time"] as const;

export type ColumnKind = typeof COLUMN_KINDS[number];

/**
 * What a column's kind follows from: settings, this table, or the values seen since the start. By
 * default a column is a gauge.
 */
export const KIND_SOURCES = [
  "LABEL_COLUMNS",
  "COUNTER_COLUMNS",
  "TIME_COLUMN",
  "name",
  "values",
  "default",
] as const;

export type KindSource = typeof KIND_SOURCES[number];

export type ColumnScale = "linear" | "log";

/** Properties of a column that follow from its name. */
export interface KnownColumn {
  readonly kind: ColumnKind;
  /** As it is displayed, such as `Gb/s`; null for labels, times and plain numbers. */
  readonly unit: string | null;
  /** `log` if values spread over several powers of ten. */
  readonly scale: ColumnScale;
  /** Whether larger values mean more errors or losses. */
  readonly is_error: boolean;
  /** Digits of the value at which the counter stops; null if it is not a counter. */
  readonly saturated_at: string | null;
}

/** A column in {@link ColumnsAnswer}. */
export interface ColumnAnswer extends KnownColumn {
  readonly name: string;
  readonly kind_from: KindSource;
  /** Name of the derived column with its rate per second; null if it is not a counter. */
  readonly rate: string | null;
}

/** `GET /telemetry/columns` → 200. */
export interface ColumnsAnswer {
  snapshot_id: string;
  /** The value columns, in the order of ListMetrics' `fields`. */
  columns: readonly ColumnAnswer[];
}

/** 2^64 − 1. */
export const SATURATED_64 = "18446744073709551615";
/** 2^32 − 1. */
const SATURATED_32 = "4294967295";

const counter = (unit: string, saturated_at = SATURATED_64): KnownColumn => ({
  kind: "counter",
  unit,
  scale: "log",
  is_error: false,
  saturated_at,
});
const errors = (unit = "errors"): KnownColumn => ({ ...counter(unit), is_error: true });
const gauge = (unit: string | null): KnownColumn => ({
  kind: "gauge",
  unit,
  scale: "linear",
  is_error: false,
  saturated_at: null,
});
const bit_errors: KnownColumn = { ...gauge("BER"), scale: "log", is_error: true };
const label: KnownColumn = { ...gauge(null), kind: "label" };
const time: KnownColumn = { ...gauge(null), kind: "time" };

/** Suffix of the 64-bit counters of PortCountersExtended. */
const EXTENDED = "extended";

/** By names in lower case, separated by spaces, and without {@link EXTENDED}. */
const KNOWN: readonly (readonly [names: string, KnownColumn])[] = [
  ["bandwidth_gbps", gauge("Gb/s")],
  ["latency_us", gauge("µs")],
  ["packet_errors", errors()],
  ["portxmitdata portrcvdata", counter("4 B", SATURATED_32)],
  ["portxmitpkts portrcvpkts", counter("packets", SATURATED_32)],
  ["portxmitwait", counter("ticks", SATURATED_32)],
  [
    "portunicastxmitpkts portunicastrcvpkts portmulticastxmitpkts portmulticastrcvpkts",
    counter("packets"),
  ],
  [
    "symbolerrorcounter linkerrorrecoverycounter linkdownedcounter portrcverrors " +
    "portrcvremotephysicalerrors portrcvswitchrelayerrors portxmitconstrainterrors " +
    "portrcvconstrainterrors locallinkintegrityerrors excessivebufferoverrunerrors " +
    "portlocalphysicalerrors portmalformedpacketerrors portbufferoverrunerrors " +
    "portdlidmappingerrors portvlmappingerrors portloopingerrors syncheadererrorcounter " +
    "portfecuncorrectableblockcounter symbol_errors effective_errors link_down " +
    "phy_symbol_errors phy_effective_errors",
    errors(),
  ],
  [
    "portxmitdiscards portinactivediscards portneighbormtudiscards " +
    "portswlifetimelimitdiscards portswhoqlifetimelimitdiscards vl15dropped qp1dropped",
    errors("packets"),
  ],
  ["portfeccorrectableblockcounter portfeccorrectedsymbolcounter", counter("errors")],
  ["phy_received_bits", counter("bits")],
  ["raw_ber effective_ber symbol_ber total_raw_ber eff_ber", bit_errors],
  ["chip_temp module_temperature cableinfo.temperature cable_temp temperature", gauge("°C")],
  ["time_since_last_clear__min", gauge("min")],
  [
    "source_id tag lid port_label device_id port_type port_num port_number port aport " +
    "node_description node_desc node_name phy_manager_state link_speed_active " +
    "link_width_active active_fec fec_mode_active device_name device_fw_version " +
    "module_fw_version cable_pn cable_sn cable_vendor cable_type cable_technology " +
    "cable_identifier status_message down_blame local_reason_opcode remote_reason_opcode",
    label,
  ],
  [ROW_TIME_COLUMNS.join(" "), time],
];

/** Columns that describe a row to people, in lower case. */
export const DESCRIPTION_COLUMNS: readonly string[] = [
  "node_description",
  "node_desc",
  "node_name",
  "port_label",
];

/** See {@link matchesColumn}; the first one counts. */
const KNOWN_PATTERNS: readonly (readonly [pattern: string, KnownColumn])[] = [
  ["*guid", label],
  ["raw_errors_lane*", errors()],
  ["phy_raw_errors_lane*", errors()],
  ["raw_ber_lane*", bit_errors],
  ["rx_power_lane*", gauge("dBm")],
  ["tx_power_lane*", gauge("dBm")],
  ["counter_*", { ...counter(""), unit: null }],
  ["gauge_*", gauge(null)],
];

const BY_NAME: ReadonlyMap<string, KnownColumn> = new Map(
  KNOWN.flatMap(([names, known]) => names.split(" ").map((name) => [name, known] as const)),
);

/**
 * What is known of a column with this name, in any case; null for other names.
 *
 * ```ts
 * knownColumn("PortXmitDataExtended")?.kind; // "counter"
 * ```
 */
export function knownColumn(name: string): KnownColumn | null {
  const rated = rateOf(name);
  if (rated !== null) return knownRate(rated);
  const lower = name.toLowerCase();
  const found = BY_NAME.get(lower);
  if (found !== undefined) return found;
  if (lower.endsWith(EXTENDED)) {
    const narrow = BY_NAME.get(lower.slice(0, -EXTENDED.length));
    if (narrow?.kind === "counter") return { ...narrow, saturated_at: SATURATED_64 };
  }
  return KNOWN_PATTERNS.find(([pattern]) => matchesColumn(pattern, lower))?.[1] ?? null;
}

/** A counter's rate, as a column of its own: derived, or of a source that is a metrics_server. */
function knownRate(column: string): KnownColumn {
  const { unit, is_error, scale } = describeColumn(column, "counter");
  return { ...gauge(unit === null ? "1/s" : `${unit}/s`), scale, is_error };
}

/** Description of a column whose kind is known, by its name if that agrees. */
export function describeColumn(name: string, kind: ColumnKind): KnownColumn {
  const known = knownColumn(name);
  if (known?.kind === kind) return known;
  const plain = { counter: { ...counter(""), unit: null }, gauge: gauge(null), label, time }[kind];
  return kind === "counter" || kind === "gauge" ? { ...plain, unit: known?.unit ?? null } : plain;
}

/** Whether a column has the name, in any case, or fits it if that begins or ends with `*`. */
export function matchesColumn(pattern: string, name: string): boolean {
  const wanted = pattern.toLowerCase();
  const lower = name.toLowerCase();
  if (wanted.endsWith("*")) return lower.startsWith(wanted.slice(0, -1));
  return wanted.startsWith("*") ? lower.endsWith(wanted.slice(1)) : lower === wanted;
}

/** Whether a counter with this value, as its digits, has stopped counting. */
export function isSaturated(
  digits: string,
  { saturated_at }: Pick<KnownColumn, "saturated_at">,
): boolean {
  return saturated_at !== null && (digits === saturated_at || digits === SATURATED_64);
}

const RATE = /^rate\((.+)\)$/;

/**
 * Name of the derived column with a counter's rate per second.
 *
 * ```ts
 * rateName("packet_errors"); // "rate(packet_errors)"
 * ```
 */
export function rateName(column: string): string {
  return `rate(${column})`;
}

/** Column whose rate this name means; null for other names. */
export function rateOf(name: string): string | null {
  return RATE.exec(name)?.[1] ?? null;
}
