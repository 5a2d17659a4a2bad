/** Text of a byte range that may lie in shared memory, where `TextDecoder` does not read. */

const decoder = new TextDecoder();

/** UTF-8 text of `bytes[start, end)`; broken sequences become U+FFFD. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte > 0x7f || end - start > 64) return decoder.decode(bytes.slice(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/**
 * Text of a CSV cell: the quotes of a quoted cell taken off, doubled quotes made single
 * (RFC 4180 §2.7), a plain cell as it is.
 */
export function cellText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start < 2 || bytes[start] !== 0x22) return textOf(bytes, start, end);
  return textOf(bytes, start + 1, end - 1).replaceAll('""', '"');
}
