/** Text of a byte range that may lie in shared memory, where `TextDecoder` does not read. */

/** A byte order mark inside the body is a character like any other. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strict_decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** Longest text put together byte by byte, which is quicker than a decoder for a short one. */
const SHORT_TEXT_BYTES_MAX = 64;

/** UTF-8 text of `bytes[start, end)`; broken sequences become U+FFFD. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_TEXT_BYTES_MAX) return decoder.decode(bytes.slice(start, end));
  let text = "";
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte > 0x7f) return decoder.decode(bytes.slice(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Whether `bytes[start, end)` is UTF-8 without a broken sequence. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let i = start;
  while (i < end && bytes[i] < 0x80) i++;
  if (i === end) return true;
  try {
    strict_decoder.decode(bytes.slice(i, end));
    return true;
  } catch {
    return false;
  }
}

/**
 * Text of a CSV cell: the quotes of a quoted cell taken off, doubled quotes made single
 * (RFC 4180 §2.7), a plain cell as it is.
 */
export function cellText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start < 2 || bytes[start] !== 0x22) return textOf(bytes, start, end);
  return textOf(bytes, start + 1, end - 1).replaceAll('""', '"');
}
