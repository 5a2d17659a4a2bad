import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { LoopProbe } from "./loop_probe.ts";

Deno.test("LoopProbe reports the longest lateness of a timer", () => {
  const probe = new LoopProbe(0);
  for (const [now_ms, late_ms] of [[0, 1], [10, 25], [45, 2]]) {
    probe.expect(now_ms, 10);
    probe.fired(now_ms + 10 + late_ms);
  }
  assertEquals(probe.block_max_ms, 25);
});

Deno.test("LoopProbe forgets a block after half a minute to a minute", () => {
  const probe = new LoopProbe(0);
  const fire = (at_ms: number, late_ms: number) => {
    probe.expect(at_ms - late_ms, 0);
    probe.fired(at_ms);
  };
  fire(1000, 40);
  fire(30_000, 1);
  assertEquals(probe.block_max_ms, 40);
  fire(59_999, 1);
  assertEquals(probe.block_max_ms, 40);
  fire(60_000, 2);
  assertEquals(probe.block_max_ms, 2);
});

Deno.test("LoopProbe on another thread's cells reports its blocks", () => {
  const probe = new LoopProbe(0);
  const seen = new LoopProbe(0, probe.cells);
  probe.expect(0, 10);
  probe.fired(33);
  assertEquals(seen.block_max_ms, 23);
});

Deno.test("LoopProbe.run() checks every interval until it is stopped", () => {
  using time = new FakeTime();
  const probe = new LoopProbe(0);
  let now_ms = 0;
  const stop = probe.run(10, () => now_ms);
  now_ms = 17;
  time.tick(10);
  assertEquals(probe.block_max_ms, 7);
  stop();
  now_ms = 500;
  time.tick(100);
  assertEquals(probe.block_max_ms, 7);
});
