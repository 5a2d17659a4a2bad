import { assert, assertEquals } from "@std/assert";
import { mulberry32 } from "../../verdict/mod.ts";
import { createBreather, RealTimers, TimerQueue } from "./timers.ts";

Deno.test("TimerQueue calls back once, by time, then in scheduling order", () => {
  const seed = 20_261_123;
  const random = mulberry32(seed);
  const queue = new TimerQueue();
  const called: [number, number][] = [];
  const expected: [number, number][] = [];
  for (let order = 0; order < 2000; order++) {
    const time_ms = Math.floor(random() * 200);
    const cancel = queue.at(time_ms, () => called.push([time_ms, order]));
    if (random() < 0.3) cancel();
    else expected.push([time_ms, order]);
  }
  expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  for (let now_ms = 0; now_ms < 207; now_ms += 7) queue.runDue(now_ms);
  assertEquals(called, expected, `seed ${seed}`);
  assertEquals(queue.next_ms, Infinity);
});

Deno.test("TimerQueue runDue also runs callbacks scheduled meanwhile", () => {
  const queue = new TimerQueue();
  const called: string[] = [];
  queue.at(1, () => {
    called.push("first");
    queue.at(2, () => called.push("second"));
    queue.at(4, () => called.push("too early"));
  });
  assertEquals(queue.runDue(3), 2);
  assertEquals(called, ["first", "second"]);
});

Deno.test("RealTimers without ticks waits for the earliest callback only", () => {
  let now_ms = 0;
  const waits: { delay_ms: number; callback: () => void; canceled: boolean }[] = [];
  using timers = new RealTimers({
    now: () => now_ms,
    after: (delay_ms, callback) => {
      const wait = { delay_ms, callback, canceled: false };
      waits.push(wait);
      return () => void (wait.canceled = true);
    },
    tick: null,
  });
  const called: number[] = [];
  for (const time_ms of [30, 40, 10]) timers.at(time_ms, () => called.push(time_ms));
  assertEquals(waits.map(({ delay_ms, canceled }) => [delay_ms, canceled]), [
    [30, true],
    [10, false],
  ]);
  now_ms = 12;
  waits[1].callback();
  assertEquals(called, [10]);
  assertEquals(waits[2].delay_ms, 18);
  now_ms = 50;
  waits[2].callback();
  assertEquals(called, [10, 30, 40]);
  assertEquals(waits.length, 3);
});

Deno.test("RealTimers with ticks runs due callbacks at each tick until it is disposed", async () => {
  let now_ms = 0;
  let beat = Promise.withResolvers<void>();
  const timers = new RealTimers({
    now: () => now_ms,
    after: () => () => {},
    tick: () => beat.promise,
  });
  const called: number[] = [];
  timers.at(1, () => called.push(1));
  timers.at(3, () => called.push(3));
  const tick = async () => {
    now_ms++;
    beat.resolve();
    beat = Promise.withResolvers();
    for (let turn = 0; turn < 10; turn++) await null;
  };
  await tick();
  assertEquals(called, [1]);
  await tick();
  timers[Symbol.dispose]();
  await tick();
  assertEquals(called, [1]);
});

Deno.test("createBreather yields a turn every 10 ms, the same one for all VUs", async () => {
  let now_ms = 0, turns = 0;
  const turn = Promise.withResolvers<void>();
  const breathe = createBreather(() => now_ms, () => {
    turns++;
    return turn.promise;
  });
  now_ms = 9;
  assertEquals(breathe(), null);
  now_ms = 10;
  const breath = breathe();
  assert(breath !== null);
  assertEquals(breathe(), breath);
  assertEquals(turns, 1);
  turn.resolve();
  await breath;
  assertEquals(breathe(), null);
});
