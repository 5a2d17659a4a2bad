/** Names of switches written as bytes: the spellings of both profiles. */
import { UINT32_DIGITS_MAX, writePadded, writeUint31 } from "./digits.ts";

/** Most bytes {@link writeSwitchName} writes: `sw-` and the digits of the largest index. */
export const SWITCH_NAME_BYTES_MAX = 3 + UINT32_DIGITS_MAX;

/** Bytes {@link writeNodeGuid} writes: `0x` and 16 digits. */
export const NODE_GUID_BYTES = 18;

/** Upper half of every GUID: the vendor's prefix (0x248a07 is Mellanox's) and a zero-filled rest. */
const GUID_HIGH = 0x248a_0703;
/** Lower half of the first switch's GUID, and how far apart two switches are. */
const GUID_LOW_FIRST = 0x00e5_0c00;
const GUID_LOW_STEP = 0x40;

const HEX_DIGITS = new TextEncoder().encode("0123456789abcdef");

/**
 * The bytes of contracts' `switchName(index)`, without making the string.
 *
 * ```ts
 * writeSwitchName(bytes, 0, 7); // 6: "sw-007"
 * ```
 */
export function writeSwitchName(bytes: Uint8Array, at: number, index: number): number {
  bytes[at] = 0x73; // s
  bytes[at + 1] = 0x77; // w
  bytes[at + 2] = 0x2d; // -
  return index < 1_000 ? writePadded(bytes, at + 3, index, 3) : writeUint31(bytes, at + 3, index);
}

/**
 * The GUID of the switch with this index: the same in every run, as a real switch keeps its own.
 *
 * ```ts
 * writeNodeGuid(bytes, 0, 0); // 18: "0x248a070300e50c00"
 * ```
 *
 * @param index 0 … 99,999
 */
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
