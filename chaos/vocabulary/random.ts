/** Random numbers that repeat with the seed. */
import { mulberry32 } from "../../tools/verdict/mod.ts";

export type Random = () => number;

/** Largest seed: 32 bits. */
export const SEED_MAX = 0xffff_ffff;

/**
 * A generator for one purpose.
 *
 * @param seed Any integer; the lower 32 bits count.
 * @param stream Streams are independent: a new one leaves the draws of the others as they were.
 */
export function seededRandom(seed: number, stream = ""): Random {
  let state = seed >>> 0;
  for (let i = 0; i < stream.length; i++) {
    state = Math.imul(state ^ stream.charCodeAt(i), 0x9e3779b1) >>> 0;
  }
  return mulberry32(state);
}
