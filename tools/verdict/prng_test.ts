import { assertEquals } from "@std/assert";
import { mulberry32 } from "./prng.ts";

Deno.test("mulberry32() repeats with its seed and stays in [0, 1)", () => {
  const draw = (seed: number) => Array.from({ length: 1_000 }, mulberry32(seed));
  assertEquals(draw(7), draw(7));
  assertEquals(draw(7)[0], 0.011704753153026104);
  assertEquals(draw(1).every((value) => value >= 0 && value < 1), true);
  assertEquals(draw(2 ** 32 + 7), draw(7), "the lower 32 bits count");
});
