/** Seeded pseudo-random numbers: a `SEED` repeats a run. */

/** Largest seed: seeds are unsigned 32-bit integers. */
export const SEED_MAX = 0xffff_ffff;

/** Independent streams of one seed. */
export const RANDOM_STREAMS = { data: 0, faults: 1 } as const;

/** Numbers discarded after seeding, until every seed bit has reached every word. */
const WARM_UP_DRAWS = 15;

/** Small Fast Counting generator, 32 bit (Chris Doty-Humphrey, PractRand `sfc32`). */
export class Sfc32 {
  /** The words a, b, c and the counter. */
  readonly #state: Int32Array;

  /**
   * @param seed 0 … {@link SEED_MAX}
   * @param stream One of {@link RANDOM_STREAMS}.
   */
  constructor(seed: number, stream: number) {
    this.#state = Int32Array.of(seed, stream, mix32(seed ^ mix32(stream)), 1);
    for (let i = 0; i < WARM_UP_DRAWS; i++) this.int32();
  }

  /** A signed 32-bit integer, the cheapest draw. */
  int32(): number {
    const state = this.#state;
    const b = state[1];
    const c = state[2];
    const counter = state[3];
    const drawn = (state[0] + b + counter) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = (c + (c << 3)) | 0;
    state[2] = (((c << 21) | (c >>> 11)) + drawn) | 0;
    state[3] = (counter + 1) | 0;
    return drawn;
  }

  /** A whole number, 0 … 2^32 − 1. */
  uint32(): number {
    return this.int32() >>> 0;
  }

  /** A whole number, 0 … `bound` − 1. `bound` is at most 2^21 to keep the product exact. */
  below(bound: number): number {
    return Math.floor(this.uint32() * bound / 0x1_0000_0000);
  }

  /** A fraction, 0 ≤ x < 1, in steps of 2^−32. */
  fraction(): number {
    return this.uint32() / 0x1_0000_0000;
  }
}

/** Finalizer of MurmurHash3: every bit of the input changes half of the output's bits. */
function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return h ^ (h >>> 16);
}
