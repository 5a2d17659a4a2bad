/** Random numbers that come again with the same seed, whatever order connections come in. */

/**
 * A stream of numbers 0 ≤ x < 1 of its own for every `purpose` (proxy, toxic, number of the
 * connection): FNV-1a of the purpose, mixed with the seed, feeds the generator mulberry32.
 */
export function seededRandom(seed: number, purpose: string): () => number {
  let state = (2166136261 ^ Math.trunc(seed % 2 ** 32)) >>> 0;
  for (let i = 0; i < purpose.length; i++) {
    state = Math.imul(state ^ purpose.charCodeAt(i), 16777619) >>> 0;
  }
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
