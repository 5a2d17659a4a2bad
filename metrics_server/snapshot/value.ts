/**
 * A cell as JSON. Numbers keep the source's exact digits, because 64-bit counters exceed 2^53. A
 * cell that JSON's number grammar (RFC 8259 §6) rejects, such as `007` or `0x1f`, is text. CSV
 * quotes and spaces around a cell are not part of the value: `"7"` is the number 7.
 */
import { MISSING_VALUES } from "../../contracts/mod.ts";
import { cellText, isQuoted, textOf } from "../parse/mod.ts";

const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;

const encoder = new TextEncoder();
const MISSING_WORDS = MISSING_VALUES.filter((word) => word !== "")
  .map((word) => encoder.encode(word));

/** JSON token of the cell `bytes[start, end)`. */
export function cellToken(bytes: Uint8Array, start: number, end: number): string {
  while (start < end && bytes[start] === SPACE) start++;
  while (end > start && bytes[end - 1] === SPACE) end--;
  let from = start;
  let to = end;
  if (bytes[start] === QUOTE && isQuoted(bytes, start, end)) {
    from++;
    to--;
    while (from < to && bytes[from] === SPACE) from++;
    while (to > from && bytes[to - 1] === SPACE) to--;
  }
  if (isNumber(bytes, from, to)) return textOf(bytes, from, to);
  if (isMissing(bytes, from, to)) return "null";
  return JSON.stringify(cellText(bytes, start, end));
}

export function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
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

/** Whether `bytes[start, end)` is one of `MISSING_VALUES`, in any case. */
export function isMissing(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end) return true;
  for (const word of MISSING_WORDS) {
    if (word.length !== end - start) continue;
    let i = 0;
    while (i < word.length && lowerCase(bytes[start + i]) === word[i]) i++;
    if (i === word.length) return true;
  }
  return false;
}

/** Whether `bytes[start, end)` needs no escapes in JSON: printable ASCII without `"` and `\`. */
export function isPlainText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte < SPACE || byte > 126 || byte === QUOTE || byte === BACKSLASH) return false;
  }
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

function lowerCase(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}
