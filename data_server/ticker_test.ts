import { assertEquals } from "@std/assert";
import { VirtualTime } from "./testing/virtual_time.ts";
import { nextSlot, Ticker } from "./ticker.ts";

const INTERVAL_MS = 1_000;

/** A ticker that notes when it ticks; `work` is called in each tick. */
function record(time: VirtualTime, work: (tick: number) => void | Promise<void> = () => {}) {
  const at_ms: number[] = [];
  const skews_ms: number[] = [];
  const ticker = new Ticker({
    interval_ms: INTERVAL_MS,
    clock: time,
    timer: time.timer,
    tick(skew_ms) {
      at_ms.push(time.monotonic_ms());
      skews_ms.push(skew_ms);
      return work(at_ms.length);
    },
  });
  return { at_ms, skews_ms, ticker };
}

Deno.test("nextSlot is the one after the last, or the first that is not over", () => {
  const rows: [last_slot: number, now_ms: number, expected: number][] = [
    [0, 0, 1],
    [0, 1, 1],
    [1, 1_000, 2],
    [1, 1_999.9, 2],
    [1, 2_000, 3], // slot 2 is now: too late to wait for
    [1, 7_300, 8], // slots 2 … 7 are missed
    [3, 2_999.5, 4], // the timer was early: slot 3 is not repeated
  ];
  for (const [last_slot, now_ms, expected] of rows) {
    const at = { start_ms: 0, interval_ms: INTERVAL_MS, last_slot, now_ms };
    assertEquals(nextSlot(at), expected, `slot after ${last_slot} at ${now_ms} ms`);
  }
});

Deno.test("Ticker ticks at the start and then at start + n × interval", async () => {
  const time = new VirtualTime();
  time.block(123);
  const { ticker, at_ms, skews_ms } = record(time);
  await ticker.start();
  await time.advance(3 * INTERVAL_MS);
  assertEquals(at_ms, [123, 1_123, 2_123, 3_123]);
  assertEquals(skews_ms, [0, 0, 0, 0]);
  await ticker.stop();
});

Deno.test("Ticker does not drift when every tick takes long and starts late", async () => {
  const time = new VirtualTime();
  const { ticker, at_ms, skews_ms } = record(time, () => time.block(137.5));
  await ticker.start();
  for (let n = 0; n < 1_000; n++) {
    await time.advance(INTERVAL_MS - 137.5 - 2);
    time.block(2.25); // the event loop is busy when the timer is due
    await time.advance(0);
  }
  const last = at_ms.length - 1;
  assertEquals(at_ms[last] - skews_ms[last], last * INTERVAL_MS);
  assertEquals(last, 1_000);
});

Deno.test("Ticker leaves missed slots out instead of making up for them", async () => {
  const time = new VirtualTime();
  const { ticker, at_ms, skews_ms } = record(time);
  await ticker.start();
  time.block(4_600); // slots 1 … 4 pass while nothing runs
  await time.advance(3_400);
  assertEquals(at_ms, [0, 4_600, 5_000, 6_000, 7_000, 8_000]);
  assertEquals(skews_ms, [0, 3_600, 0, 0, 0, 0]);
  await ticker.stop();
});

Deno.test("Ticker never runs two ticks at once, however long one takes", async () => {
  const time = new VirtualTime();
  let running = 0;
  let running_max = 0;
  const { ticker, at_ms } = record(time, async () => {
    running_max = Math.max(running_max, ++running);
    await new Promise<void>((resolve) => time.timer(2_500, resolve));
    running--;
  });
  const started = ticker.start();
  await time.advance(10_000);
  await started;
  assertEquals(running_max, 1);
  assertEquals(at_ms, [0, 3_000, 6_000, 9_000]);
  const stopped = ticker.stop();
  await time.advance(2_500);
  await stopped;
});

Deno.test("Ticker.stop waits for the tick under way and leaves no timer", async () => {
  const time = new VirtualTime();
  const work = Promise.withResolvers<void>();
  let is_stopped = false;
  const { ticker, at_ms } = record(time, (tick) => tick === 2 ? work.promise : undefined);
  await ticker.start();
  await time.advance(INTERVAL_MS);
  const stopped = ticker.stop().then(() => is_stopped = true);
  await time.advance(0);
  assertEquals(is_stopped, false);
  work.resolve();
  await stopped;
  await time.advance(5 * INTERVAL_MS);
  assertEquals(at_ms.length, 2);
  assertEquals(time.timers_pending, 0);
});
