import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime, TimeError } from "@std/testing/time";

Deno.test("FakeTime starts where it is told, or at the present", () => {
  const starts = [[1000, 1000], ["1970-01-01T00:00:01Z", 1000], [new Date(7), 7]] as const;
  for (const [start, start_ms] of starts) {
    using time = new FakeTime(start);
    assertEquals([time.start, time.now, Date.now()], [start_ms, start_ms, start_ms]);
  }
  const before_ms = Date.now();
  using time = new FakeTime();
  assert(time.start >= before_ms);
  assertEquals(time.now, time.start);
});

Deno.test("FakeTime refuses a start that is no time", () => {
  const message = "Cannot construct FakeTime: invalid start time NaN";
  assertThrows(() => new FakeTime("yesterday"), TypeError, message);
  assertThrows(() => new FakeTime(NaN), TypeError, message);
});

Deno.test("FakeTime is one at a time, and restored once", () => {
  const time = new FakeTime(0);
  assertThrows(
    () => new FakeTime(0),
    TimeError,
    "Cannot construct FakeTime: time is already faked",
  );
  FakeTime.restore();
  const message = "Cannot restore time: time is already restored";
  assertThrows(() => time.restore(), TimeError, message);
  assertThrows(() => FakeTime.restore(), TimeError, message);
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
  assertThrows(() => setTimeout(text, 1), TimeError, `${message} setTimeout`);
  assertThrows(() => setInterval(text, 1), TimeError, `${message} setInterval`);
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

Deno.test("next() goes to the next timer and says whether there was one", () => {
  using time = new FakeTime(0);
  const log: string[] = [];
  setTimeout(() => log.push("a"), 5);
  setTimeout(() => log.push("b"), 5);
  setTimeout(() => log.push("c"), 6);
  assertEquals([time.next(), time.now, log.join("")], [true, 5, "ab"]);
  assertEquals([time.next(), time.now, log.join("")], [true, 6, "abc"]);
  assertEquals([time.next(), time.now], [false, 6]);
});

Deno.test("runAll() goes on until no timer is left", () => {
  using time = new FakeTime(0);
  const log: number[] = [];
  const interval = setInterval(() => {
    log.push(time.now);
    if (time.now === 30) clearInterval(interval);
  }, 10);
  time.runAll();
  assertEquals([log, time.now], [[10, 20, 30], 30]);
});

Deno.test("runMicrotasks() lets promises go on, but no timer", async () => {
  using time = new FakeTime(0);
  const log: string[] = [];
  setTimeout(() => log.push("timer"), 0);
  Promise.resolve().then(() => {}).then(() => log.push("microtask"));
  assertEquals(log, []);
  await time.runMicrotasks();
  assertEquals(log, ["microtask"]);
});

Deno.test("tickAsync() and nextAsync() let promises set their timers first", async () => {
  using time = new FakeTime(0);
  const log: number[] = [];
  const later = () => Promise.resolve().then(() => setTimeout(() => log.push(time.now), 5));
  later();
  await time.tickAsync(5);
  assertEquals(log, [5]);
  later();
  assertEquals(await time.nextAsync(), true);
  assertEquals(log, [5, 10]);
  assertEquals(await time.nextAsync(), false);
});

Deno.test("runAllAsync() follows a loop that sleeps", async () => {
  using time = new FakeTime(0);
  const log: number[] = [];
  const loop = (async () => {
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      log.push(time.now);
    }
  })();
  await time.runAllAsync();
  await loop;
  assertEquals(log, [100, 200, 300]);
});

Deno.test("delay() waits in real time and can be aborted", async () => {
  using time = new FakeTime(0);
  const started_ms = performance.now();
  await time.delay(5);
  assert(performance.now() - started_ms > 3);
  assertEquals(time.now, 0);
  const controller = new AbortController();
  const waiting = time.delay(5, { signal: controller.signal });
  controller.abort();
  await assertRejects(() => waiting, DOMException, "Delay was aborted.");
  await time.delay(10);
});

Deno.test("restoreFor() brings real time back while the callback runs", async () => {
  const RealDate = Date;
  using _time = new FakeTime(0);
  const during = await FakeTime.restoreFor(async (value: number) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return [Date === RealDate, value];
  }, 7);
  assertEquals([during, Date === RealDate], [[true, 7], false]);
  await assertRejects(
    () =>
      FakeTime.restoreFor(() => {
        throw new Error("callback");
      }),
    Error,
    "callback",
  );
  assertEquals(Date.now(), 0);
});

Deno.test("restoreFor() needs a fake time", async () => {
  await assertRejects(
    () => FakeTime.restoreFor(() => {}),
    TimeError,
    "Cannot restore time: time is not faked",
  );
});

Deno.test("advanceRate lets time go on by itself, faster than real time", async () => {
  const time = new FakeTime(0, { advanceRate: 1000, advanceFrequency: 1 });
  const moved = Promise.withResolvers<void>();
  setTimeout(moved.resolve, 5000);
  await moved.promise;
  assert(time.now >= 5000);
  time.restore();
});

Deno.test("timers that did not run by restore() never do", () => {
  const log: string[] = [];
  const first = new FakeTime(0);
  setTimeout(() => log.push("left over"), 1);
  first.restore();
  using second = new FakeTime(0);
  second.tick(10);
  assertEquals(log, []);
});
