/** Fine timers in real time: all fire, in order, none before its time. */
import { assert, assertEquals } from "@std/assert";
import { FineTimers } from "./fine_timers.ts";

/** Waits for its thread to start: earlier timers are the runtime's. */
async function startTimers(): Promise<FineTimers> {
  const timers = new FineTimers();
  timers.start();
  for (let n = 0; n < 20; n++) await fired(timers, 1);
  return timers;
}

function fired(timers: FineTimers, delay_ms: number): Promise<void> {
  return new Promise((resolve) => void timers.after(delay_ms, resolve));
}

Deno.test("after() fires each timer once, in order, and none before its time", async () => {
  using timers = await startTimers();
  const order: { from_ms: number; to_ms: number }[] = [];
  // Up to 2 ms; later ones are the runtime's first, and 0 is the next turn of the loop.
  await Promise.all(Array.from({ length: 300 }, async (_, n) => {
    const delay_ms = ((n * 37) % 200 + 1) / 100;
    // Its time lies between these two.
    const from_ms = performance.now() + delay_ms;
    const firing = fired(timers, delay_ms);
    const to_ms = performance.now() + delay_ms;
    await firing;
    assert(performance.now() >= from_ms, `${from_ms - performance.now()} ms early`);
    order.push({ from_ms, to_ms });
  }));
  assertEquals(order.length, 300);
  order.slice(1).forEach(({ to_ms }, n) => assert(order[n].from_ms <= to_ms, `at ${n}`));
});

Deno.test("after() misses no wake-up when each timer starts the next", async () => {
  using timers = await startTimers();
  let left = 3_000;
  await Promise.all(Array.from({ length: 3 }, async (_, chain) => {
    while (left-- > 0) await fired(timers, 0.01 * (chain + 1));
  }));
});

Deno.test("a cancelled timer does not fire, near or far, nor after the end", async () => {
  using timers = await startTimers();
  let calls = 0;
  for (const delay_ms of [0, 0.1, 1, 2.5, 5, 1_000]) timers.after(delay_ms, () => calls++)();
  await fired(timers, 8);
  assertEquals(calls, 0);
});
