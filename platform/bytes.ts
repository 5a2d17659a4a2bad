/** Bytes in pieces. */

/**
 * The pieces one after the other, in an array of its own.
 *
 * ```ts
 * joinBytes([new Uint8Array([1]), new Uint8Array([2, 3])]); // 1, 2, 3
 * ```
 */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
