/** Numbers and names for people. A no-break space joins a number and its unit. */
import { isSaturated, SCIENTIFIC } from "./columns.js";
import { middleOf } from "./domain.js";

const NBSP = "\u00a0";
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Shown for a missing value. */
export const NONE = "–";

/**
 * A span as numbers with their units: `[["1", "min"], ["04", "s"]]`; tenths below a minute.
 *
 * @param {number} ms
 * @returns {[string, string][]}
 */
export function spanParts(ms) {
  const span_ms = Math.max(0, ms);
  if (span_ms < MINUTE_MS) {
    // Truncated: 59.96 s is not 60.0 s.
    return [[(Math.floor(span_ms / 100) / 10).toFixed(1), "s"]];
  }
  const [big_ms, big, small_ms, small] = span_ms < HOUR_MS
    ? /** @type {const} */ ([MINUTE_MS, "min", SECOND_MS, "s"])
    : span_ms < DAY_MS
    ? /** @type {const} */ ([HOUR_MS, "h", MINUTE_MS, "min"])
    : /** @type {const} */ ([DAY_MS, "d", HOUR_MS, "h"]);
  const rest = Math.floor((span_ms % big_ms) / small_ms);
  return [[String(Math.floor(span_ms / big_ms)), big], [String(rest).padStart(2, "0"), small]];
}

/**
 * A span as text: `1.8 s`, `1 min 04 s`, `2 h 05 min`, `3 d 04 h`.
 *
 * @param {number | null} ms
 */
export function formatSpan(ms) {
  if (ms === null || Number.isNaN(ms)) return NONE;
  return spanParts(ms).map((part) => part.join(NBSP)).join(NBSP);
}

/** A bound, in whole units if possible: `30 s`, `11.5 s`, `5 min`. @param {number} ms */
export function formatBound(ms) {
  if (ms >= MINUTE_MS && ms % MINUTE_MS === 0 && ms < HOUR_MS) return `${ms / MINUTE_MS}${NBSP}min`;
  if (ms < MINUTE_MS) return `${Number((ms / SECOND_MS).toFixed(1))}${NBSP}s`;
  return formatSpan(ms);
}

/**
 * A latency with three significant digits: `0.487 ms`, `12.3 ms`, `1.24 s`.
 *
 * @param {number | null} ms
 */
export function formatLatency(ms) {
  if (ms === null) return NONE;
  const [value, unit] = ms >= SECOND_MS ? [ms / SECOND_MS, "s"] : [ms, "ms"];
  const decimals = value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0;
  return value.toFixed(decimals) + NBSP + unit;
}

/** A rate per second: `0.7`, `38`, `12,400`. @param {number | null} per_s */
export function formatRate(per_s) {
  if (per_s === null) return NONE;
  return per_s < 10 ? per_s.toFixed(1) : formatCount(Math.round(per_s));
}

/** @type {Map<number, Intl.NumberFormat>} */
const GROUPED = new Map();

/** Significant digits of scientific notation. */
const SCIENTIFIC_DIGITS = 6;

/** In scientific notation with up to six digits: `2.5e-14`. @param {number} value */
export function formatScientific(value) {
  return value === 0
    ? "0"
    : String(Number(value.toExponential(SCIENTIFIC_DIGITS - 1)).toExponential())
      .replace("e+", "e");
}

/**
 * A number with thousands separators and this many decimals. Only zero is shown as 0.
 *
 * @param {number} value
 * @param {number} decimals {@link SCIENTIFIC} for scientific notation.
 */
export function formatNumber(value, decimals) {
  if (Number.isNaN(value)) return NONE;
  const is_lost = value !== 0 && Math.abs(value) < 0.5 * 10 ** -decimals;
  if (decimals === SCIENTIFIC || is_lost) return formatScientific(value);
  let format = GROUPED.get(decimals);
  if (format === undefined) {
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    format = new Intl.NumberFormat("en-US", digits);
    GROUPED.set(decimals, format);
  }
  return format.format(value);
}

/** @param {number} value */
export function formatCount(value) {
  return formatNumber(value, 0);
}

/** Digits of a whole number with thousands separators, at any length. @param {string} digits */
export function groupDigits(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

const SHORT = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });

/** A number for an axis: `0.25`, `120`, `1.5M`. @param {number} value */
export function formatShort(value) {
  const size = Math.abs(value);
  // Compact notation ends at trillions.
  if (size >= 1e15 || (size > 0 && size < 1e-3)) {
    return formatScientific(Number(value.toPrecision(3)));
  }
  return SHORT.format(value);
}

/**
 * Labels of the ends and the middle of a scale: short if distinct, else in full.
 *
 * @param {import("./domain.js").Domain} domain
 * @returns {[string, string, string]}
 */
export function formatScale(domain) {
  const { min, max } = domain;
  const values = [min, middleOf(domain), max];
  const short = values.map(formatShort);
  const are_distinct = new Set(short).size === 3 || min === max;
  const [low, middle, high] = are_distinct ? short : values.map((value) => formatNumber(value, 0));
  return [low, middle, high];
}

/**
 * The value of a row for the table, with exact 64-bit counters.
 *
 * @param {import("./model.js").Column} column
 * @param {number} row
 */
export function formatCell(column, row) {
  if (column.kind === "text") return column.words[column.codes[row]] ?? NONE;
  if (isSaturated(column, row)) return "saturated";
  // Most rates of errors are 0: digits only for the others.
  if (column.info.of !== null && column.values[row] === 0) return "0";
  const exact = column.exact?.get(row);
  return exact === undefined
    ? formatNumber(column.values[row], column.decimals)
    : groupDigits(exact);
}

/**
 * Name without UFM's suffixes: `SymbolErrorCounterExtended` → `SymbolError`.
 *
 * @param {string} name
 */
export function shortName(name) {
  return name.replace(/Extended$/, "").replace(/(?<=.)Counter$/, "");
}

/**
 * Name and unit of a column: `["SymbolError", "errors/s"]`.
 *
 * @param {string} name
 * @param {import("./model.js").Info} info
 * @returns {[name: string, unit: string]}
 */
export function nameAndUnit(name, { of, unit }) {
  return [shortName(of ?? name), unit ?? ""];
}

/** A value in thresholds: `8.13 ×`. @param {number} ratio */
export function formatRatio(ratio) {
  return Number.isNaN(ratio) ? NONE : `${formatShort(ratio)}${NBSP}×`;
}

/**
 * The metric that makes a row one of the worst: `SymbolError 0.3/s`.
 *
 * @param {import("./model.js").NumberColumn} worst
 * @param {readonly import("./model.js").Column[]} columns
 * @param {number} row
 */
export function reasonOf({ worst }, columns, row) {
  const column = columns[worst?.which[row] ?? -1];
  if (column?.kind !== "number") return NONE;
  const [name, unit] = nameAndUnit(column.name, column.info);
  const value = formatShort(column.values[row]);
  // `0.3/s` of a counter of errors is short and plain; the unit of Raw_BER is BER.
  if (column.info.is_error && column.info.of !== null) return `${name} ${value}/s`;
  return unit === "" || name.includes(unit) ? `${name} ${value}` : `${name} ${value}${NBSP}${unit}`;
}

/**
 * A value with its unit, or the reason for a place among the worst rows.
 *
 * @param {import("./model.js").Column} column
 * @param {readonly import("./model.js").Column[]} columns
 * @param {number} row
 */
export function formatValue(column, columns, row) {
  if (column.kind === "number" && column.worst !== undefined) {
    const ratio = column.values[row];
    // A value of 0 is no reason.
    return ratio > 0 ? `${formatRatio(ratio)} ${reasonOf(column, columns, row)}` : NONE;
  }
  const text = formatCell(column, row);
  const { unit } = column.info;
  return unit === null || !/\d/.test(text) ? text : text + NBSP + unit;
}

/** Whether a column names its row for people. @param {import("./model.js").Column} column */
export function isDescription({ kind, name }) {
  return kind === "text" && /desc|name/i.test(name);
}

/**
 * What describes a row, such as UFM's node_description; "" without.
 *
 * @param {readonly import("./model.js").Column[]} columns
 * @param {number} row
 */
export function descriptionOf(columns, row) {
  const column = columns.find(isDescription);
  return column?.kind === "text" ? column.words[column.codes[row]] ?? "" : "";
}

/** Local time of day with seconds. @param {number} epoch_ms */
export function formatTime(epoch_ms) {
  const date = new Date(epoch_ms);
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/**
 * `1 switch`, `64 switches`.
 *
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export function counted(count, one, many = `${one}s`) {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A UFM id: `node_guid:port_num`. */
const PORT_ID = /^(0x)?[0-9a-f]{8,16}:\d+$/i;

/** Name of a row: switch, port or row. @type {[one: string, many: string]} */
export let noun = ["switch", "switches"];

/** @param {readonly string[]} ids */
export function nameRows(ids) {
  const ports = ids.filter((id) => PORT_ID.test(id)).length;
  const one = ports === 0 ? "switch" : ports === ids.length ? "port" : "row";
  return noun = [one, one + (ports === 0 ? "es" : "s")];
}
