/** Random test data that can be had again: every failure names its seed. */

/** Small seeded generator of 32 bits (mulberry32). */
export class Random {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Integer in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the choices. */
  of<T>(choices: ArrayLike<T>): T {
    return choices[this.below(choices.length)];
  }
}

/**
 * Runs a property with as many seeds, other ones at each run. A failure names its seed;
 * `TEST_SEED=<seed>` runs that one alone.
 */
export function forSeeds(count: number, property: (random: Random) => void): void {
  const wanted = Deno.env.get("TEST_SEED");
  const first = wanted === undefined ? Date.now() % 2 ** 31 : Number(wanted);
  for (let seed = first; seed < first + (wanted === undefined ? count : 1); seed++) {
    try {
      property(new Random(seed));
    } catch (error) {
      throw new Error(`failed with TEST_SEED=${seed}`, { cause: error });
    }
  }
}
