/** Text and bytes, for tests. */

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

export function text(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

/** Returns the numbers in turn, repeatedly. */
export function cycle(...numbers: number[]): () => number {
  let at = 0;
  return () => numbers[at++ % numbers.length];
}
