/** What a body's first bytes are: a known format, text, or other bytes. Pure. */

/** Bytes needed to recognise a format. */
export const BODY_START_BYTES = 64;

/** First bytes of formats that do not look like text. */
const SIGNATURES: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]], // RFC 1952 §2.3.1
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]], // RFC 8878 §3.1.1
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ["bzip2", [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]],
  ["lz4", [0x04, 0x22, 0x4d, 0x18]],
  ["compress", [0x1f, 0x9d]],
  ["zip", [0x50, 0x4b, 0x03, 0x04]],
  ["UTF-32", [0xff, 0xfe, 0x00, 0x00]],
  ["UTF-32", [0x00, 0x00, 0xfe, 0xff]],
];

const HEX_BYTES_SHOWN = 8;
const CHARS_SHOWN = 20;

/**
 * Name of the format that begins with these bytes; null for text and for unknown formats.
 *
 * @param start The first {@link BODY_START_BYTES} of the body, fewer if it is shorter.
 */
export function formatOf(start: Uint8Array): string | null {
  const found = SIGNATURES.find(([, bytes]) => bytes.every((byte, i) => start[i] === byte));
  if (found !== undefined) return found[0];
  if (start[0] > 0 && start[1] === 0 && start[2] > 0 && start[3] === 0) return "UTF-16LE";
  if (start[0] === 0 && start[1] > 0 && start[2] === 0 && start[3] > 0) return "UTF-16BE";
  // `x^` is text as well.
  return hasZlibHeader(start) && start[0] === 0x78 && !isText(start) ? "deflate (zlib)" : null;
}

/** Whether these bytes are a zlib header (RFC 1950 §2.2): method 8, window and check bits. */
export function hasZlibHeader(start: Uint8Array): boolean {
  const [method, flags] = start;
  return start.length >= 2 && (method & 0x0f) === 8 && method >> 4 <= 7 &&
    (method << 8 | flags) % 31 === 0;
}

/** Whether no byte is an ASCII control other than white space. */
export function isText(start: Uint8Array): boolean {
  return start.every((byte) => byte >= 0x20 ? byte !== 0x7f : byte >= 9 && byte <= 13);
}

/** What the bytes are, in printable ASCII: `zstd`, `"switch_id,m"` or `bytes 1b 0c 00 f8`. */
export function describeStart(start: Uint8Array): string {
  const format = formatOf(start);
  if (format !== null) return format;
  const shown = start.subarray(0, CHARS_SHOWN);
  if (isText(start) && shown.every((byte) => byte < 0x80)) {
    return JSON.stringify(String.fromCharCode(...shown));
  }
  const hex = Array.from(
    start.subarray(0, HEX_BYTES_SHOWN),
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  return `bytes ${hex.join(" ")}`;
}
