/**
 * A cell as JSON. Numbers keep the source's digits exactly, since 64-bit counters exceed 2^53; what
 * JSON's number grammar (RFC 8259 §6) does not allow, such as `007` or `0x1f`, is text.
 */
import { MISSING_VALUES } from "../../contracts/mod.ts";
import { cellText, textOf } from "../parse/mod.ts";

const MISSING_LENGTH_MAX = Math.max(...MISSING_VALUES.map((word) => word.length));

/** What a cell holds. */
export const CELL_NUMBER = 0;
export const CELL_MISSING = 1;
export const CELL_TEXT = 2;

/** Tells what `bytes[start, end)` holds; no spaces around it. */
export function cellKind(bytes: Uint8Array, start: number, end: number): number {
  if (isNumber(bytes, start, end)) return CELL_NUMBER;
  if (isMissing(bytes, start, end)) return CELL_MISSING;
  return CELL_TEXT;
}

/**
 * JSON token of the cell `bytes[start, end)`.
 *
 * ```ts
 * cellToken(bytes, 0, 20); // "18446744073709551615"
 * ```
 */
export function cellToken(bytes: Uint8Array, start: number, end: number): string {
  while (start < end && bytes[start] === 32) start++;
  while (end > start && bytes[end - 1] === 32) end--;
  switch (cellKind(bytes, start, end)) {
    case CELL_NUMBER:
      return textOf(bytes, start, end);
    case CELL_MISSING:
      return "null";
    default:
      return JSON.stringify(cellText(bytes, start, end));
  }
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  if (i < end && bytes[i] === 45) i++;
  const integer_at = i;
  while (i < end && isDigit(bytes[i])) i++;
  if (i === integer_at || (bytes[integer_at] === 48 && i - integer_at > 1)) return false;
  if (i === end) return true;
  if (bytes[i] === 46) {
    const fraction_at = ++i;
    while (i < end && isDigit(bytes[i])) i++;
    if (i === fraction_at) return false;
  }
  if (i < end && (bytes[i] | 32) === 101) {
    i++;
    if (i < end && (bytes[i] === 43 || bytes[i] === 45)) i++;
    const exponent_at = i;
    while (i < end && isDigit(bytes[i])) i++;
    if (i === exponent_at) return false;
  }
  return i === end;
}

function isMissing(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) return true;
  if (bytes[start] === 34 && end - start >= 2) {
    start++;
    end--;
  }
  if (end - start > MISSING_LENGTH_MAX) return false;
  return MISSING_VALUES.includes(textOf(bytes, start, end).toLowerCase());
}
