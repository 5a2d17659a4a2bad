import { assert, assertEquals } from "@std/assert";
import { shrink } from "./shrink.ts";

/** Every list with one number less, then with one number halved. */
function* smaller(list: readonly number[]): Generator<readonly number[]> {
  for (const i of list.keys()) yield list.toSpliced(i, 1);
  for (const [i, one] of list.entries()) if (one > 1) yield list.with(i, Math.floor(one / 2));
}

Deno.test("shrink keeps the two numbers that fail together, as small as they may be", async () => {
  const isBroken = (list: readonly number[]) => list.some((a) => a >= 5) && list.includes(3);
  const { value, is_minimal } = await shrink([40, 9, 3, 17], {
    candidates: smaller,
    isBroken,
    runs_max: 100,
  });
  assertEquals(value.toSorted(), [3, 8]);
  assert(is_minimal);
});

Deno.test("shrink stops after runs_max with the smallest so far", async () => {
  let runs = 0;
  const shrunk = await shrink([1, 2, 3, 4, 5, 6], {
    candidates: smaller,
    isBroken: (list) => runs++ >= 0 && list.length > 0,
    runs_max: 3,
  });
  assertEquals(shrunk, { value: [4, 5, 6], runs: 3, is_minimal: false });
  assertEquals(runs, 3);
});

Deno.test("shrink tries no input twice", async () => {
  const tried: string[] = [];
  await shrink([4, 4, 4], {
    candidates: smaller,
    isBroken: (list) => tried.push(JSON.stringify(list)) > 0 && list.length > 1,
    runs_max: 100,
  });
  assertEquals(new Set(tried).size, tried.length);
});
