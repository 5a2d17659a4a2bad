/** One cell with a time: digits of an epoch, or ISO 8601. No object and no string per cell. */
import { MISSING_VALUES, TIME_UNITS } from "../../contracts/mod.ts";
import { textOf } from "../parse/mod.ts";

const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const PLUS = 43;
const COMMA = 44;
const DASH = 45;
const DOT = 46;
const COLON = 58;
const UPPER_T = 84;
const UPPER_Z = 90;
const LOWER_BIT = 32;

/** Codes of a cell without a time. Codes from 0 on are indexes of {@link TIME_UNITS}. */
export const MISSING = -1;
const UNREADABLE = -2;

const ISO_8601 = TIME_UNITS.indexOf("iso8601");

/**
 * Plausible times: 2001-09-09 to 2286-11-20, epoch seconds of ten digits. Within this range, the
 * number of digits determines the unit.
 */
export const EPOCH_MS_MIN = 1e12;
const EPOCH_MS_MAX = 1e13;

/** Milliseconds of one `s`, `ms`, `us`, `ns`, as divisors: a division by 1000 rounds only once. */
const PER_MS = [1e-3, 1, 1e3, 1e6];

/** Digits of a fraction that count; more are below a nanosecond. */
const FRACTION_DIGITS = 9;

const MISSING_TIMES = new Set([...MISSING_VALUES, "null", "none", "nat", "-"]);

const NUMBER_WITH_EXPONENT = /^\d{1,20}(\.\d{1,20})?e\+?\d{1,2}$/i;

/** A cell as read; reused from cell to cell. */
interface TimeCell {
  /** Epoch milliseconds; NaN if there is no time. */
  ms: number;
  /** Index of {@link TIME_UNITS}, {@link MISSING} or {@link UNREADABLE}. */
  unit: number;
  /** Whether it is ISO 8601 without UTC offset. */
  is_local: boolean;
}

export function newTimeCell(): TimeCell {
  return { ms: NaN, unit: MISSING, is_local: false };
}

/**
 * Reads the cell `bytes[start, end)`. Quotes and blanks around it are ignored. Empty cells, `N/A`
 * and the like are {@link MISSING}, and so is 0, which counters that were never sampled report.
 */
export function readTimeCell(bytes: Uint8Array, start: number, end: number, cell: TimeCell): void {
  while (start < end && isAround(bytes[start])) start++;
  while (end > start && isAround(bytes[end - 1])) end--;
  let i = start;
  let whole = 0;
  for (; i < end; i++) {
    const digit = bytes[i] - 48;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
  }
  cell.is_local = false;
  if (i === end && i > start) return setEpoch(cell, whole, 0);
  if (i > start && bytes[i] === DOT) {
    const fraction = readFraction(bytes, i + 1, end);
    if (fraction >= 0 && at === end) return setEpoch(cell, whole, fraction);
  }
  if (i - start === 4 || i - start === 8) {
    cell.ms = readIso(bytes, start, end, cell);
    if (!Number.isNaN(cell.ms)) {
      cell.unit = ISO_8601;
      return;
    }
  }
  readRareForm(textOf(bytes, start, end), cell);
}

function isAround(byte: number): boolean {
  return byte === SPACE || byte === QUOTE || byte === TAB;
}

/** An epoch whose unit follows from its size. */
function setEpoch(cell: TimeCell, whole: number, fraction: number): void {
  cell.ms = NaN;
  if (whole === 0) {
    cell.unit = MISSING;
    return;
  }
  const unit = whole < 1e11 ? 0 : whole < 1e14 ? 1 : whole < 1e17 ? 2 : 3;
  const ms = whole / PER_MS[unit];
  if (ms < EPOCH_MS_MIN || ms >= EPOCH_MS_MAX) {
    cell.unit = UNREADABLE;
    return;
  }
  cell.ms = fraction === 0 ? ms : ms + fraction / PER_MS[unit];
  cell.unit = unit;
}

function readRareForm(text: string, cell: TimeCell): void {
  if (NUMBER_WITH_EXPONENT.test(text)) return setEpoch(cell, Number(text), 0);
  cell.ms = NaN;
  cell.unit = MISSING_TIMES.has(text.toLowerCase()) ? MISSING : UNREADABLE;
}

/** Position after the last digits read. */
let at = 0;

/** Digits of a fraction from `i` on, as a number below 1; −1 without any. */
function readFraction(bytes: Uint8Array, i: number, end: number): number {
  let value = 0;
  let scale = 1;
  const first = i;
  for (; i < end; i++) {
    const digit = bytes[i] - 48;
    if (digit < 0 || digit > 9) break;
    if (i - first >= FRACTION_DIGITS) continue;
    value = value * 10 + digit;
    scale *= 10;
  }
  at = i;
  return i === first ? -1 : value / scale;
}

/** Exactly `count` digits from `i` on; NaN if there are fewer. */
function digits(bytes: Uint8Array, i: number, count: number): number {
  let value = 0;
  for (const end = i + count; i < end; i++) {
    const digit = bytes[i] - 48;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  at = i;
  return value;
}

/**
 * Epoch milliseconds of a date and time of ISO 8601, extended or basic; NaN for other text. Also
 * as RFC 3339 §5.6 writes them: `t` and `z` in lower case, a space for the `T`, a leap second.
 * Without UTC offset the time counts as UTC.
 */
function readIso(bytes: Uint8Array, start: number, end: number, cell: TimeCell): number {
  const dash = bytes[start + 4] === DASH ? 1 : 0;
  const year = digits(bytes, start, 4);
  const month = digits(bytes, start + 4 + dash, 2);
  if (dash === 1 && bytes[start + 7] !== DASH) return NaN;
  const day = digits(bytes, start + 6 + 2 * dash, 2);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return NaN;
  const separator = bytes[at];
  if ((separator & ~LOWER_BIT) !== UPPER_T && separator !== SPACE) return NaN;
  const hour = digits(bytes, at + 1, 2);
  const colon = bytes[at] === COLON ? 1 : 0;
  const minute = digits(bytes, at + colon, 2);
  if (!(hour <= 23 && minute <= 59)) return NaN;
  let second = 0;
  let fraction = 0;
  if (at < end && (colon === 1 ? bytes[at] === COLON : isDigit(bytes[at]))) {
    second = digits(bytes, at + colon, 2);
    if (at < end && (bytes[at] === DOT || bytes[at] === COMMA)) {
      fraction = readFraction(bytes, at + 1, end);
    }
  }
  if (!(second <= 60 && fraction >= 0)) return NaN;
  const offset_min = readOffset(bytes, end, cell);
  const minutes = hour * 60 + minute - offset_min;
  // RFC 3339 §5.7: leap seconds are inserted at the end of a day in UTC.
  if (Number.isNaN(offset_min) || second === 60 && (minutes + 1) % 1440 !== 0) return NaN;
  const ms = ((dayNumber(year, month, day) * 1440 + minutes) * 60 + second) * 1000;
  return ms >= EPOCH_MS_MIN && ms < EPOCH_MS_MAX ? ms + fraction * 1000 : NaN;
}

/** Minutes of the UTC offset from {@link at} to `end`; NaN for other text. */
function readOffset(bytes: Uint8Array, end: number, cell: TimeCell): number {
  if (at < end && bytes[at] === SPACE) at++;
  if (at === end) {
    cell.is_local = true;
    return 0;
  }
  const sign = bytes[at];
  if ((sign & ~LOWER_BIT) === UPPER_Z && at + 1 === end) return 0;
  if (sign !== PLUS && sign !== DASH) return /^(utc|gmt)$/i.test(textOf(bytes, at, end)) ? 0 : NaN;
  const hours = digits(bytes, at + 1, 2);
  let minutes = 0;
  if (at < end) minutes = digits(bytes, at + (bytes[at] === COLON ? 1 : 0), 2);
  if (!(hours <= 23 && minutes <= 59) || at !== end) return NaN;
  return (sign === DASH ? -1 : 1) * (hours * 60 + minutes);
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const is_leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && is_leap ? 29 : DAYS[month - 1];
}

/** Days since 1970-01-01 (Gregorian). Years begin in March, so that leap days come last. */
function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const in_year = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + in_year -
    719_468;
}
