/**
 * A gzip body (RFC 1952) of items that are deflated already, and of short texts between them.
 *
 *     header │ head, stored │ items, deflated │ ",", stored │ items │ "]}", stored │ CRC, length
 *
 * It is one member: many clients ignore a second one.
 */
import type { DeflatedItems } from "../snapshot/mod.ts";

type Bytes = Uint8Array;

const HEADER = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** Most bytes of a stored block (RFC 1951 §3.2.4). */
const BLOCK_BYTES_MAX = 0xffff;

/** The polynomial of CRC-32, x^0 and x^8, all with the lowest power in the highest bit. */
const POLYNOMIAL = 0xedb88320;
const X_0 = 0x80000000;
const X_8 = 0x00800000;

/** What follows the head of a list: the same for all responses of one snapshot. */
export interface GzipRest {
  /** Compressed bytes, up to the CRC. */
  readonly parts: readonly Bytes[];
  readonly crc32: number;
  readonly length: number;
  /** Factor by which `length` further bytes change the CRC of those before. */
  readonly shift: number;
}

/** Texts as stored blocks, the last one final, and deflated items. */
export function gzipRest(parts: readonly (Bytes | DeflatedItems)[]): GzipRest {
  let crc32 = 0;
  let length = 0;
  const compressed = parts.flatMap((part, index) => {
    const is_text = part instanceof Uint8Array;
    const own = is_text ? { crc32: crc32Of(part), length: part.length } : part;
    crc32 = combine(crc32, own.crc32, shiftBy(own.length));
    length += own.length;
    return is_text ? stored(part, index === parts.length - 1) : [part.bytes];
  });
  return { parts: compressed, crc32, length, shift: shiftBy(length) };
}

/** The parts of the whole body. */
export function gzipBody(head: Bytes, rest: GzipRest): Bytes[] {
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, combine(crc32Of(head), rest.crc32, rest.shift), true);
  trailer.setUint32(4, head.length + rest.length, true);
  return [HEADER, ...stored(head, false), ...rest.parts, new Uint8Array(trailer.buffer)];
}

function stored(text: Bytes, is_last: boolean): Bytes[] {
  const parts: Bytes[] = [];
  for (let at = 0; at < text.length; at += BLOCK_BYTES_MAX) {
    const block = text.subarray(at, at + BLOCK_BYTES_MAX);
    const is_final = is_last && at + block.length === text.length;
    const { length } = block;
    const [low, high] = [length & 0xff, length >> 8];
    parts.push(new Uint8Array([is_final ? 1 : 0, low, high, low ^ 0xff, high ^ 0xff]), block);
  }
  return parts;
}

function crc32Of(bytes: Bytes): number {
  // deno-lint-ignore no-process-global
  return process.getBuiltinModule("node:zlib").crc32(bytes);
}

/** CRC of bytes with CRC `a`, followed by bytes with CRC `b`, by whose number `a` is shifted. */
function combine(a: number, b: number, shift: number): number {
  return (multiply(shift, a) ^ b) >>> 0;
}

/** x^(8 × bytes) modulo the polynomial. */
function shiftBy(bytes: number): number {
  let factor = X_0;
  for (let n = bytes, power = X_8; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) factor = multiply(power, factor);
    power = multiply(power, power);
  }
  return factor;
}

/** Product of two polynomials modulo {@link POLYNOMIAL}, as in zlib's `crc32_combine`. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = X_0; bit > 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= b;
    b = (b & 1) !== 0 ? (b >>> 1) ^ POLYNOMIAL : b >>> 1;
  }
  return product >>> 0;
}
