import { assert, assertAlmostEquals } from "@std/assert";
import { systemClock } from "./clock.ts";

Deno.test("systemClock tells epoch milliseconds", () => {
  assertAlmostEquals(systemClock.epoch_ms(), new Date().getTime(), 1_000);
});

Deno.test("systemClock's monotonic time never goes back", () => {
  let before = systemClock.monotonic_ms();
  for (let i = 0; i < 1_000; i++) {
    const now = systemClock.monotonic_ms();
    assert(now >= before, `${now} after ${before}`);
    before = now;
  }
});
