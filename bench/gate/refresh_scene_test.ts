import { assertEquals } from "@std/assert";
import { round } from "../arms/round_fixture.ts";
import { bareSlowed } from "./refresh_scene.ts";

const passes = (refresh_p99_ms: number) =>
  [1, 2, 3].map(() => ({
    bare_hold: round({ p99_ms: 0.4 }),
    bare_refresh: round({ p99_ms: refresh_p99_ms }),
  }));

Deno.test("gate: a bare server that misses the bound beside the refreshes is a doubt, with its figure", () => {
  assertEquals(bareSlowed(passes(0.6)), []);
  assertEquals(bareSlowed(passes(0.8)), [
    "the p99 of a bare server beside the refreshes is 2.00 × that without",
  ]);
});
