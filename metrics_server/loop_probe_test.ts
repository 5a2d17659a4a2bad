import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { LoopProbe } from "./loop_probe.ts";

Deno.test("LoopProbe tells how late the latest timer was, at most", () => {
  const probe = LoopProbe.create(0);
  for (const [now_ms, late_ms] of [[0, 1], [10, 25], [45, 2]]) {
    probe.expect(now_ms, 10);
    probe.fired(now_ms + 10 + late_ms);
  }
  assertEquals(probe.block_max_ms, 25);
});

Deno.test("LoopProbe forgets a block after half a minute to a minute", () => {
  const probe = LoopProbe.create(0);
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

Deno.test("A thread sees the blocks of a probe it attached to", () => {
  const probe = LoopProbe.create(0);
  const seen = LoopProbe.attach(probe.buffer);
  probe.expect(0, 10);
  probe.fired(33);
  assertEquals(seen.block_max_ms, 23);
});

Deno.test("LoopProbe.run() looks every interval until it is stopped", () => {
  using time = new FakeTime();
  const probe = LoopProbe.create(0);
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
