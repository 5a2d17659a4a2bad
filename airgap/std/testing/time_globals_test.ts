/** What FakeTime does to the globals it replaces, and to those it leaves alone. */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";

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

Deno.test("Date under FakeTime has another present and is a Date in all else", () => {
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

Deno.test("AbortSignal.timeout() aborts when fake time says so", () => {
  using time = new FakeTime(0);
  const signal = AbortSignal.timeout(50);
  time.tick(49);
  assertEquals(signal.aborted, false);
  time.tick(1);
  assertEquals(signal.aborted, true);
  assertEquals([signal.reason.name, signal.reason.message], ["TimeoutError", "Signal timed out."]);
});
