/** Whole numbers of up to 20 digits, read from a cell without losing any. */

/** `high` × {@link HIGH_UNIT} + `low`; both are exact. */
export interface WholeNumber {
  high: number;
  low: number;
}

export const HIGH_UNIT = 1e10;
const LOW_DIGITS = 10;
const DIGITS_MAX = 20;

export function newWholeNumber(): WholeNumber {
  return { high: NaN, low: NaN };
}

/** Reads `bytes[start, end)`; false if it is anything else than digits, or too long. */
export function readWholeNumber(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: WholeNumber,
): boolean {
  if (start === end || end - start > DIGITS_MAX) return false;
  const low_at = Math.max(start, end - LOW_DIGITS);
  let high = 0;
  let low = 0;
  for (let i = start; i < low_at; i++) {
    const digit = bytes[i] - 48;
    if (digit < 0 || digit > 9) return false;
    high = high * 10 + digit;
  }
  for (let i = low_at; i < end; i++) {
    const digit = bytes[i] - 48;
    if (digit < 0 || digit > 9) return false;
    low = low * 10 + digit;
  }
  into.high = high;
  into.low = low;
  return true;
}

/** `a` − `b`, exact up to 2^53. */
export function difference(a: WholeNumber, b: WholeNumber): number {
  return (a.high - b.high) * HIGH_UNIT + (a.low - b.low);
}

export function wholeNumber(value: bigint): WholeNumber {
  const unit = BigInt(HIGH_UNIT);
  return { high: Number(value / unit), low: Number(value % unit) };
}

export function isEqual(a: WholeNumber, b: WholeNumber): boolean {
  return a.high === b.high && a.low === b.low;
}
