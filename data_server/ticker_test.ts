import { assertEquals } from "@std/assert";
import { VirtualTime } from "./testing/virtual_time.ts";
import { Ticker } from "./ticker.ts";

const INTERVAL_MS = 1_000;

/** A ticker that records its ticks; `work` is called in each tick. */
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

Deno.test("Ticker waits for the first future slot after a tick of any length", async () => {
  const rows: [tick_ms: number, next_ms: number][] = [
    [0, 1_000],
    [999.9, 1_000],
    [1_000, 2_000], // slot 1 is now: too late to wait for
    [6_300, 7_000], // slots 1 … 6 are missed
  ];
  for (const [tick_ms, next_ms] of rows) {
    const time = new VirtualTime();
    const { ticker, at_ms } = record(time, (tick) => time.block(tick === 1 ? tick_ms : 0));
    await ticker.start();
    await time.advance(next_ms - time.monotonic_ms());
    assertEquals(at_ms, [0, next_ms], `after a tick of ${tick_ms} ms`);
    await ticker.stop();
  }
});

Deno.test("Ticker does not repeat a slot whose timer fired early", async () => {
  const time = new VirtualTime();
  const at_ms: number[] = [];
  const ticker = new Ticker({
    interval_ms: INTERVAL_MS,
    clock: time,
    timer: (delay_ms, callback) => time.timer(delay_ms - 0.5, callback),
    tick: () => void at_ms.push(time.monotonic_ms()),
  });
  await ticker.start();
  await time.advance(2_500);
  assertEquals(at_ms, [0, 999.5, 1_999.5]);
  await ticker.stop();
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

Deno.test("Ticker skips missed slots", async () => {
  const time = new VirtualTime();
  const { ticker, at_ms, skews_ms } = record(time);
  await ticker.start();
  time.block(4_600); // slots 1 … 4 pass in a blocked event loop
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

Deno.test("Ticker.stop waits for the current tick and leaves no timer", async () => {
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
