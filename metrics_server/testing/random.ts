/** Random test data that a seed reproduces: every failure names its seed. */
import { mulberry32 } from "../../tools/verdict/mod.ts";

/** Seeded random numbers. */
export class Random {
  /** Uniform in [0, 1). */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = mulberry32(seed);
  }

  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  of<T>(choices: ArrayLike<T>): T {
    return choices[this.below(choices.length)];
  }
}

/**
 * Checks a property with `count` seeds, different ones in each run. A failure names its seed;
 * `TEST_SEED=<seed>` repeats it.
 */
export function forSeeds(count: number, property: (random: Random) => void): void {
  for (const seed of seeds(count)) {
    try {
      property(new Random(seed));
    } catch (error) {
      throw failureOf(seed, error);
    }
  }
}

/** The same for a property that takes time. */
export async function forSeedsInTurn(
  count: number,
  property: (random: Random) => Promise<void>,
): Promise<void> {
  for (const seed of seeds(count)) {
    await property(new Random(seed)).catch((error) => {
      throw failureOf(seed, error);
    });
  }
}

function seeds(count: number): number[] {
  const wanted = Deno.env.get("TEST_SEED");
  if (wanted !== undefined) return [Number(wanted)];
  const first = Date.now() % 2 ** 31;
  return Array.from({ length: count }, (_, n) => first + n);
}

function failureOf(seed: number, error: unknown): Error {
  return new Error(`failed with TEST_SEED=${seed}`, { cause: error });
}
