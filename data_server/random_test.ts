import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { RANDOM_STREAMS, SEED_MAX, Sfc32 } from "./random.ts";

const DRAWS = 20_000;

/** Computed with BigInt arithmetic from the published algorithm. */
const GOLDEN = [2607611464, 1530871778, 1822384650, 2507696130];

function draw(seed: number, stream: number, count: number): number[] {
  const random = new Sfc32(seed, stream);
  return Array.from({ length: count }, () => random.uint32());
}

Deno.test("Sfc32 produces the same numbers for the same seed and stream", () => {
  assertEquals(draw(42, 0, 100), draw(42, 0, 100));
});

Deno.test("Sfc32 produces the recorded numbers of a seed", () => {
  assertEquals(draw(42, RANDOM_STREAMS.data, 4), GOLDEN);
});

Deno.test("Sfc32 produces other numbers for another seed or stream", () => {
  for (const [seed, stream] of [[43, 0], [42, 1], [0, 0], [SEED_MAX, 0]]) {
    assertNotEquals(draw(42, 0, 4), draw(seed, stream, 4), `seed ${seed}, stream ${stream}`);
  }
});

Deno.test("Sfc32 draws whole numbers of 32 bits, each bit set half of the time", () => {
  const drawn = draw(7, 0, DRAWS);
  for (let bit = 0; bit < 32; bit++) {
    const set = drawn.filter((number) => (number >>> bit) & 1).length;
    // 6 standard deviations of a fair coin.
    assert(Math.abs(set - DRAWS / 2) < 6 * Math.sqrt(DRAWS / 4), `bit ${bit} set ${set} times`);
  }
});

Deno.test("Sfc32.below reaches exactly the numbers below its bound", () => {
  const random = new Sfc32(1, 0);
  const seen = new Set(Array.from({ length: 1_000 }, () => random.below(6)));
  assertEquals([...seen].sort(), [0, 1, 2, 3, 4, 5]);
});

Deno.test("Sfc32.fraction stays in 0 ≤ x < 1 and averages a half", () => {
  const random = new Sfc32(1, 0);
  const drawn = Array.from({ length: DRAWS }, () => random.fraction());
  assert(drawn.every((fraction) => fraction >= 0 && fraction < 1));
  const mean = drawn.reduce((sum, fraction) => sum + fraction) / DRAWS;
  assert(Math.abs(mean - 0.5) < 6 * Math.sqrt(1 / 12 / DRAWS), `mean ${mean}`);
});
