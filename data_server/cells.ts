/**
 * Cells written straight into bytes, without a string for each number. Every function takes the
 * position to write at and returns the next one. The caller provides enough room.
 */

/** Most digits of a 32-bit number. */
const UINT32_DIGITS_MAX = 10;

/** Most digits that {@link writeUint64} writes, for 2^64 − 1. */
export const UINT64_DIGITS_MAX = 20;

/** Base of the low part of a two-part number: see {@link writeUint64}. */
export const LOW_PART_BASE = 10_000_000_000;

const ZERO = 0x30;
const POINT = 0x2e;

/** The digits of 00 … 99, two bytes each. */
const PAIRS = Uint8Array.from(
  { length: 200 },
  (_, i) => ZERO + (i % 2 === 0 ? Math.floor(i / 20) : (i >> 1) % 10),
);

/** Whole number, 0 … 2^31 − 1, without leading zeros. */
export function writeUint31(bytes: Uint8Array, at: number, value: number): number {
  if (value < 10) {
    bytes[at] = ZERO + value;
    return at + 1;
  }
  const end = at + digitCount(value);
  let position = end;
  while (value >= 100) {
    const quotient = (value / 100) | 0;
    const pair = (value - quotient * 100) << 1;
    bytes[--position] = PAIRS[pair + 1];
    bytes[--position] = PAIRS[pair];
    value = quotient;
  }
  if (value < 10) {
    bytes[--position] = ZERO + value;
  } else {
    bytes[--position] = PAIRS[(value << 1) + 1];
    bytes[--position] = PAIRS[value << 1];
  }
  return end;
}

function digitCount(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : (value < 1_000 ? 3 : 4);
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  if (value < 100_000_000) return value < 10_000_000 ? 7 : 8;
  return value < 1_000_000_000 ? 9 : 10;
}

/** Whole number, 0 … 2^53 − 1. */
export function writeUint53(bytes: Uint8Array, at: number, value: number): number {
  if (value < 0x8000_0000) return writeUint31(bytes, at, value | 0);
  const high = Math.floor(value / LOW_PART_BASE);
  return writeUint64(bytes, at, high, value - high * LOW_PART_BASE);
}

/** `high` (below 2^31) × 10^10 + `low` (below 10^10), exact beyond 2^53 and up to 2^64 − 1. */
export function writeUint64(bytes: Uint8Array, at: number, high: number, low: number): number {
  const top = Math.floor(low / 100_000);
  const bottom = low - top * 100_000;
  if (high > 0) {
    at = writeUint31(bytes, at, high);
    at = writePadded(bytes, at, top, 5);
    return writePadded(bytes, at, bottom, 5);
  }
  if (top === 0) return writeUint31(bytes, at, bottom);
  at = writeUint31(bytes, at, top);
  return writePadded(bytes, at, bottom, 5);
}

/** Whole number below 10^width, padded with zeros: `007`. */
export function writePadded(bytes: Uint8Array, at: number, value: number, width: number): number {
  const end = at + width;
  for (let position = end - 1; position >= at; position--) {
    const quotient = (value / 10) | 0;
    bytes[position] = ZERO + value - quotient * 10;
    value = quotient;
  }
  return end;
}

/** A number below 2^31 in units, tenths or hundredths: 350 hundredths are `3.50`. */
export function writeFixed(
  bytes: Uint8Array,
  at: number,
  units: number,
  decimals: 0 | 1 | 2,
): number {
  if (decimals === 0) return writeUint31(bytes, at, units);
  const base = decimals === 1 ? 10 : 100;
  const whole = (units / base) | 0;
  at = writeUint31(bytes, at, whole);
  bytes[at] = POINT;
  return writePadded(bytes, at + 1, units - whole * base, decimals);
}

/** Copies bytes. For short texts the loop is faster than `Uint8Array.set`. */
export function writeBytes(bytes: Uint8Array, at: number, source: Uint8Array): number {
  for (let i = 0; i < source.length; i++) bytes[at + i] = source[i];
  return at + source.length;
}

/** Most bytes of a switch name: `sw-` and the digits of the index. */
export const SWITCH_NAME_BYTES_MAX = 3 + UINT32_DIGITS_MAX;

/** Bytes of a GUID: `0x` and 16 digits. */
export const NODE_GUID_BYTES = 18;

/** Upper half of every GUID, starting with the Mellanox prefix 0x248a07. */
const GUID_HIGH = 0x248a_0703;
/** Lower half of the first GUID, and the distance between two switches. */
const GUID_LOW_FIRST = 0x00e5_0c00;
const GUID_LOW_STEP = 0x40;

const HEX_DIGITS = new TextEncoder().encode("0123456789abcdef");

/** The bytes of contracts' `switchName(index)`. */
export function writeSwitchName(bytes: Uint8Array, at: number, index: number): number {
  bytes[at] = 0x73; // s
  bytes[at + 1] = 0x77; // w
  bytes[at + 2] = 0x2d; // -
  return index < 1_000 ? writePadded(bytes, at + 3, index, 3) : writeUint31(bytes, at + 3, index);
}

/** The GUID of a switch below 100,000, the same in every run: `0x248a070300e50c00` for 0. */
export function writeNodeGuid(bytes: Uint8Array, at: number, index: number): number {
  bytes[at] = 0x30; // 0
  bytes[at + 1] = 0x78; // x
  at = writeHex32(bytes, at + 2, GUID_HIGH);
  return writeHex32(bytes, at, GUID_LOW_FIRST + index * GUID_LOW_STEP);
}

function writeHex32(bytes: Uint8Array, at: number, value: number): number {
  for (let shift = 28; shift >= 0; shift -= 4) {
    bytes[at++] = HEX_DIGITS[(value >>> shift) & 0xf];
  }
  return at;
}
