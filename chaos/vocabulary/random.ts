/** Numbers that look drawn and come again with the same seed. */

/** Uniform in [0, 1). */
export type Random = () => number;

/**
 * The generator mulberry32: 32 bits of state, enough to spread phases and choices.
 *
 * @param seed Any whole number; its lower 32 bits count.
 * @param stream Draws of different streams do not depend on each other: adding one for a new
 * purpose leaves the others' draws as they were.
 */
export function seededRandom(seed: number, stream = ""): Random {
  let state = seed >>> 0;
  for (let i = 0; i < stream.length; i++) {
    state = Math.imul(state ^ stream.charCodeAt(i), 0x9e3779b1) >>> 0;
  }
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
