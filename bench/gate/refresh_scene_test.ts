import { assertEquals } from "@std/assert";
import { round } from "../rig/round_fixture.ts";
import { bareSlowed, bareStalled } from "./refresh_scene.ts";

const passes = (refresh_p99_ms: number, ours_ms = 0.9) =>
  [1, 2, 3].map(() => ({
    hold: round({ p99_ms: 0.4 }),
    refresh: round({ p99_ms: ours_ms }),
    bare_hold: round({ p99_ms: 0.4 }),
    bare_refresh: round({ p99_ms: refresh_p99_ms }),
  }));

Deno.test("gate: a bare server that misses the bound beside the refreshes is a doubt, with its figure", () => {
  assertEquals(bareSlowed(passes(0.6)), []);
  assertEquals(bareSlowed(passes(0.8)), [
    "the p99 of a bare server beside the refreshes is 2.00 × that without",
  ]);
});

Deno.test("gate: what the refreshes do to a bare server excuses as much again, not more", () => {
  assertEquals(bareSlowed(passes(0.8, 1.2)).length, 1);
  assertEquals(bareSlowed(passes(0.8, 1.3)), []);
});

Deno.test("gate: a block as long as a bare server's slowest answer is a doubt, a longer one is not", () => {
  const stalled = (max_ms: number, block_ms: number) =>
    bareStalled([1, 2, 3].map(() => ({ bare_refresh: round({ max_ms }), block_ms })));
  assertEquals(stalled(9, 14), []);
  assertEquals(stalled(12, 14), [
    "a bare server beside the refreshes takes up to 12.0 ms for an answer",
  ]);
  assertEquals(stalled(12, 50), []);
});
