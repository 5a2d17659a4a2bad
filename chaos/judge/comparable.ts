/** Values of the source and of responses, in a form in which equal values are equal texts. Pure. */
import { MISSING_VALUES } from "../../contracts/mod.ts";

/** A decimal number, with an optional sign, point and exponent. Linear in the text's length. */
const DECIMAL = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?)(\d+))?$/;

/** An exponent with more digits is compared as text; sums with a fraction's length stay exact. */
const EXPONENT_DIGITS_MAX = 15;

const ZERO = 48;

/**
 * The value as a key: equal for the same decimal number however it is written, and for every
 * spelling of a missing value. Digits are compared as text, never as floats, so a number may have
 * any length. Other text is compared as it is, without the spaces around it.
 *
 * ```ts
 * comparable("39.40") === comparable("39.4"); // true
 * comparable("9007199254740993") === comparable("9007199254740992"); // false
 * ```
 *
 * A text such as the version `1.10` cannot be distinguished from a number, because a CSV cell has
 * no type: then `1.1` is equal to it, in the subject's favor.
 */
export function comparable(value: string): string {
  const text = value.trim();
  if (isMissing(text)) return "";
  const match = DECIMAL.exec(text);
  if (match === null) return text;
  const [, sign, whole = "", after_whole = "", alone = "", exponent_sign = "", power = "0"] = match;
  const exponent = power.replace(/^0+/, "");
  if (exponent.length > EXPONENT_DIGITS_MAX) return text;
  const fraction = after_whole + alone;
  const digits = whole + fraction;
  let from = 0;
  let end = digits.length;
  while (from < end && digits.charCodeAt(from) === ZERO) from++;
  while (end > from && digits.charCodeAt(end - 1) === ZERO) end--;
  if (from === end) return "0";
  const scale = Number(`${exponent_sign}${exponent || 0}`) - fraction.length + digits.length - end;
  return `${sign === "-" ? "-" : ""}${digits.slice(from, end)}e${scale}`;
}

/** Whether a cell has no value, by the spellings of the contract. */
export function isMissing(cell: string): boolean {
  return MISSING_VALUES.includes(cell.trim().toLowerCase());
}
