/** Seeded random numbers. */

/**
 * A mulberry32 generator (Tommy Ettinger): uniform in [0, 1), 32 bits of state, not for secrets.
 *
 * ```ts
 * const random = mulberry32(7);
 * random(); // 0.011704753153026104, in every run
 * ```
 *
 * @param seed Any integer; only the lower 32 bits count.
 */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
