/** Randomness that repeats with the seed. */
import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "./stage.ts";

Deno.test("seededRandom repeats for the same seed and purpose, and differs for another", () => {
  const ten = (seed: number, purpose: string) => {
    const random = seededRandom(seed, purpose);
    return Array.from({ length: 10 }, random);
  };
  assertEquals(ten(1, "a"), ten(1, "a"));
  assert(ten(1, "a")[0] !== ten(2, "a")[0]);
  assert(ten(1, "a")[0] !== ten(1, "b")[0]);
});

Deno.test("seededRandom draws evenly over consecutive connections", () => {
  let below = 0;
  const connections = 2_000;
  for (let number = 1; number <= connections; number++) {
    if (seededRandom(7, `p\ntoxic\n${number}`)() < 0.3) below++;
  }
  assert(Math.abs(below / connections - 0.3) < 0.03, `${below} of ${connections} below 0.3`);
});
