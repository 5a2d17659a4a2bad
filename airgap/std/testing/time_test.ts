import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";

Deno.test("FakeTime starts at a date in any form and refuses an invalid one", () => {
  for (
    const [start, now] of [
      [1000.9, 1000],
      [-0.5, -1],
      ["2026-01-01T00:00:00Z", 1767225600000],
      [new Date(7), 7],
    ] as const
  ) {
    using time = new FakeTime(start);
    assertEquals([time.now, Date.now(), new Date().valueOf()], [now, now, now]);
  }
  for (const start of [NaN, "yesterday", new Date(NaN)]) {
    assertThrows(() => new FakeTime(start), TypeError, "invalid start time NaN");
  }
  const before_ms = Date.now();
  using time = new FakeTime(null);
  assert(time.now >= before_ms);
});

Deno.test("FakeTime calls callbacks with their arguments and null as this", () => {
  using time = new FakeTime(0);
  const calls: unknown[] = [];
  function callback(this: unknown, ...args: unknown[]) {
    calls.push([this, ...args]);
  }
  setTimeout(callback, 1, "a", undefined, 3);
  const id = setInterval(callback, 2, "b");
  time.tick(4);
  clearInterval(id);
  assertEquals(calls, [[null, "a", undefined, 3], [null, "b"], [null, "b"]]);
});

Deno.test("FakeTime starts at the given time, or at the real time", () => {
  {
    using time = new FakeTime(1000);
    assertEquals([time.now, Date.now()], [1000, 1000]);
  }
  const before_ms = Date.now();
  using time = new FakeTime();
  assert(time.now >= before_ms);
});

Deno.test("FakeTime refuses to be constructed or restored twice", () => {
  const time = new FakeTime(0);
  const failTime = (call: () => void, message: string) => {
    const error = assertThrows(call, Error, message);
    assertEquals(error.name, "TimeError");
  };
  failTime(() => new FakeTime(0), "Cannot construct FakeTime: time is already faked");
  time[Symbol.dispose]();
  failTime(() => time[Symbol.dispose](), "Cannot restore time: time is already restored");
});

Deno.test("tick() runs the timers due by then, each at its own time, the older one first", () => {
  using time = new FakeTime(0);
  const log: unknown[] = [];
  const logAs = (name: string) => () => log.push(`${name} ${time.now}`);
  setTimeout(logAs("b"), 10);
  setTimeout(logAs("c"), 10);
  setTimeout(logAs("a"), 5);
  setTimeout(logAs("zero"));
  setTimeout(logAs("negative"), -5);
  setTimeout(logAs("fraction"), 1.9);
  const interval = setInterval(logAs("interval"), 4);
  setTimeout(logAs("late"), 100);
  time.tick(0);
  assertEquals(log.splice(0), ["zero 0", "negative 0"]);
  time.tick(10);
  assertEquals(log, ["fraction 1", "interval 4", "a 5", "interval 8", "b 10", "c 10"]);
  assertEquals(time.now, 10);
  clearInterval(interval);
});

Deno.test("timers get their arguments", () => {
  using time = new FakeTime(0);
  const log: unknown[] = [];
  setTimeout((...args) => log.push(args), 1, "x", 2);
  setInterval((...args) => log.push(args), 1, "y");
  time.tick(1);
  assertEquals(log, [["x", 2], ["y"]]);
});

Deno.test("a timer set by a timer runs in the same tick if it is due", () => {
  using time = new FakeTime(0);
  const log: unknown[] = [];
  setTimeout(() => {
    setTimeout(() => log.push(["at once", time.now]), 0);
    setTimeout(() => log.push(["in time", time.now]), 5);
    setTimeout(() => log.push(["too late", time.now]), 50);
  }, 10);
  time.tick(20);
  assertEquals(log, [["at once", 10], ["in time", 15]]);
});

Deno.test("clearing takes a timer out, by either function, also from another timer", () => {
  using time = new FakeTime(0);
  const log: unknown[] = [];
  clearTimeout(setTimeout(() => log.push("timeout"), 1));
  clearInterval(setTimeout(() => log.push("timeout"), 1));
  clearTimeout(setInterval(() => log.push("interval"), 1));
  const later = setTimeout(() => log.push("later"), 5);
  setTimeout(() => clearTimeout(later), 3);
  const once = setInterval(() => {
    log.push("once");
    clearInterval(once);
  }, 2);
  clearTimeout(undefined);
  clearTimeout(12345);
  time.tick(10);
  assertEquals(log, ["once"]);
});

Deno.test("an interval without delay runs each millisecond", () => {
  using time = new FakeTime(0);
  let runs = 0;
  const interval = setInterval(() => runs++, 0);
  time.tick(2);
  clearInterval(interval);
  assertEquals(runs, 2);
});

Deno.test("what a timer throws comes out of tick(), and the rest still runs later", () => {
  using time = new FakeTime(0);
  const log: number[] = [];
  const interval = setInterval(() => {
    log.push(time.now);
    if (time.now === 2) throw new Error("second run");
  }, 1);
  assertThrows(() => time.tick(5), Error, "second run");
  assertEquals(time.now, 2);
  time.tick(2);
  assertEquals(log, [1, 2, 3, 4]);
  clearInterval(interval);
});

Deno.test("only functions can be timers", () => {
  using _time = new FakeTime(0);
  // deno-lint-ignore no-explicit-any
  const text = "log()" as any;
  const message = "FakeTime does not support non-function callbacks to";
  assertThrows(() => setTimeout(text, 1), Error, `${message} setTimeout`);
  assertThrows(() => setInterval(text, 1), Error, `${message} setInterval`);
});

Deno.test("now can be set later, which runs the timers, but not earlier", () => {
  using time = new FakeTime(1000);
  const log: number[] = [];
  setTimeout(() => log.push(time.now), 10);
  time.now = 1025;
  assertEquals([log, time.now], [[1010], 1025]);
  const message = "Cannot set current time in the past, time must be >= 1025: received ";
  assertThrows(() => time.now = 1000, RangeError, `${message}1000`);
  assertThrows(() => time.tick(-1), RangeError, `${message}1024`);
});

Deno.test("tickAsync() lets promises set their timers first, but runs no timer before the tick", async () => {
  using time = new FakeTime(0);
  const log: number[] = [];
  setTimeout(() => log.push(-1), 6);
  Promise.resolve().then(() => setTimeout(() => log.push(time.now), 5));
  await time.tickAsync(5);
  assertEquals(log, [5]);
});

Deno.test("timers that did not run before time was restored never do", () => {
  const log: string[] = [];
  {
    using _first = new FakeTime(0);
    setTimeout(() => log.push("left over"), 1);
  }
  using second = new FakeTime(0);
  second.tick(10);
  assertEquals(log, []);
});

Deno.test("FakeTime puts back what it replaced", () => {
  const names = ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"] as const;
  const real = names.map((name) => globalThis[name]);
  // deno-lint-ignore no-explicit-any
  const same = () => names.map((name, i) => (globalThis as any)[name] === real[i]);
  const realAbortTimeout = AbortSignal.timeout;
  {
    using _time = new FakeTime(0);
    assertEquals(same(), [false, false, false, false, false]);
  }
  assertEquals(same(), [true, true, true, true, true]);
  assertStrictEquals(AbortSignal.timeout, realAbortTimeout);
});

Deno.test("FakeTime leaves performance.now() and microtasks alone", () => {
  const now = performance.now;
  const queue = queueMicrotask;
  using _time = new FakeTime(0);
  assertStrictEquals(performance.now, now);
  assertStrictEquals(queueMicrotask, queue);
});

Deno.test("Date under FakeTime has another current time and is a Date otherwise", () => {
  const RealDate = Date;
  using time = new FakeTime(5);
  const now = new Date();
  time.tick(10);
  assertEquals([now.getTime(), new Date().getTime(), Date.now()], [5, 15, 15]);
  assertEquals(new Date(3).getTime(), 3);
  assertEquals(new Date("1970-01-02").getTime(), 86_400_000);
  assertEquals(Date.UTC(1970, 0, 2), Date.parse("1970-01-02"));
  assertEquals(Date(), new RealDate(15).toString());
  assert(now instanceof Date && now instanceof RealDate && new RealDate() instanceof Date);
  assertEquals(new (class extends Date {})(4).getTime(), 4);
  assertEquals(structuredClone(now), now);
});

Deno.test("AbortSignal.timeout() aborts by fake time", () => {
  using time = new FakeTime(0);
  const signal = AbortSignal.timeout(50);
  time.tick(49);
  assertEquals(signal.aborted, false);
  time.tick(1);
  assertEquals(signal.aborted, true);
  assertEquals([signal.reason.name, signal.reason.message], ["TimeoutError", "Signal timed out."]);
});
