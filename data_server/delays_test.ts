import { assertEquals } from "@std/assert";
import { type DelayEnd, Delays, DELAYS_MAX } from "./delays.ts";
import { settle, VirtualTime } from "./testing/virtual_time.ts";

const NEVER = new AbortController().signal;

Deno.test("Delays.wait ends when its time is over, not before", async () => {
  const time = new VirtualTime();
  const delays = new Delays(time.timer);
  let end: DelayEnd | undefined;
  delays.wait(500, NEVER)?.then((reason) => end = reason);
  await time.advance(499);
  assertEquals(end, undefined);
  await time.advance(1);
  assertEquals(end, "elapsed");
  assertEquals([delays.pending, time.timers_pending], [0, 0]);
});

Deno.test("Delays.wait ends with its request and leaves no timer", async () => {
  const time = new VirtualTime();
  const delays = new Delays(time.timer);
  const request = new AbortController();
  const end = delays.wait(500, request.signal);
  request.abort();
  assertEquals(await end, "aborted");
  assertEquals([delays.pending, time.timers_pending], [0, 0]);
});

Deno.test("Delays.wait does not start for a request that is gone", async () => {
  const time = new VirtualTime();
  assertEquals(await new Delays(time.timer).wait(500, AbortSignal.abort()), "aborted");
  assertEquals(time.timers_pending, 0);
});

Deno.test("Delays.stop ends all delays, and those asked for afterwards at once", async () => {
  const time = new VirtualTime();
  const delays = new Delays(time.timer);
  const ends = [delays.wait(500, NEVER), delays.wait(60_000, NEVER)];
  delays.stop();
  assertEquals(await Promise.all(ends), ["stopped", "stopped"]);
  assertEquals(await delays.wait(500, NEVER), "stopped");
  assertEquals([delays.pending, time.timers_pending], [0, 0]);
});

Deno.test("Delays.wait does not delay the one that would be more than DELAYS_MAX", async () => {
  const time = new VirtualTime();
  const delays = new Delays(time.timer);
  const waiting = Array.from({ length: DELAYS_MAX }, () => delays.wait(500, NEVER));
  assertEquals(delays.wait(500, NEVER), undefined);
  assertEquals(delays.pending, DELAYS_MAX);
  delays.stop();
  await Promise.all(waiting);
  await settle();
});
