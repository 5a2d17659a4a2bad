import { assertEquals } from "@std/assert";
import { ClockWatch } from "./clock_watch.ts";

Deno.test("ClockWatch reports each step back once, whatever the clock did before", () => {
  const clock = { epoch: 1000, monotonic: 0 };
  const watch = new ClockWatch({
    epoch_ms: () => clock.epoch,
    monotonic_ms: () => clock.monotonic,
  });
  const pass = (epoch_ms: number, monotonic_ms: number) => {
    clock.epoch += epoch_ms;
    clock.monotonic += monotonic_ms;
    return watch.setBackBy();
  };
  assertEquals(pass(500, 500), 0);
  assertEquals(pass(30_500, 500), 0);
  assertEquals(pass(-29_500, 500), 30_000);
  assertEquals(pass(499, 500), 0);
  assertEquals(pass(500, 500), 0);
  assertEquals(pass(400, 500), 101);
});
