import { assert, assertEquals } from "@std/assert";
import { EVENT_FIELDS } from "../contracts/mod.ts";
import { Delays, DELAYS_MAX, drawFault } from "./faults.ts";
import { RANDOM_STREAMS, Sfc32 } from "./random.ts";
import { conditional, createTestApp } from "./testing/test_app.ts";
import { settle, VirtualTime } from "./testing/virtual_time.ts";

/** Documented share of delayed requests. */
const SLOW_SHARE = 0.2;
const REQUESTS = 10_000;
const SEED = 42;

function draw(settings: { error_pct: number; slow_ms: number }, requests = REQUESTS) {
  const random = new Sfc32(SEED, RANDOM_STREAMS.faults);
  return Array.from({ length: requests }, () => drawFault(random, settings));
}

/** Six standard deviations around the share of `REQUESTS` independent draws. */
function assertShare(count: number, share: number): void {
  const bound = 6 * Math.sqrt(REQUESTS * share * (1 - share));
  assert(
    Math.abs(count - REQUESTS * share) <= bound,
    `${count} of ${REQUESTS}, expected ${REQUESTS * share} ± ${bound} (seed ${SEED})`,
  );
}

Deno.test("drawFault makes errors of the configured share of requests", () => {
  for (const error_pct of [0, 0.5, 5, 50, 100]) {
    const faults = draw({ error_pct, slow_ms: 0 });
    assertShare(faults.filter((fault) => fault.is_error).length, error_pct / 100);
  }
});

Deno.test("drawFault delays about 20 % of the requests by the configured time", () => {
  const faults = draw({ error_pct: 0, slow_ms: 250 });
  const slow = faults.filter((fault) => fault.delay_ms !== 0);
  assert(slow.every((fault) => fault.delay_ms === 250));
  assertShare(slow.length, SLOW_SHARE);
});

Deno.test("drawFault draws errors and delays independently", () => {
  const errors = draw({ error_pct: 50, slow_ms: 250 }).filter((fault) => fault.is_error);
  const share = errors.filter((fault) => fault.delay_ms > 0).length / errors.length;
  assert(Math.abs(share - SLOW_SHARE) < 0.04, `share ${share}`);
});

Deno.test("drawFault hits the same requests whatever the other setting", () => {
  const alone = draw({ error_pct: 5, slow_ms: 0 }, 500).map((fault) => fault.is_error);
  const both = draw({ error_pct: 5, slow_ms: 99 }, 500).map((fault) => fault.is_error);
  assertEquals(both, alone);
});

Deno.test("drawFault injects no fault without settings", () => {
  const faults = draw({ error_pct: 0, slow_ms: 0 });
  assert(faults.every((fault) => !fault.is_error && fault.delay_ms === 0));
});

const NEVER = new AbortController().signal;

Deno.test("Delays.wait ends after its time, not before", async () => {
  const time = new VirtualTime();
  const delays = new Delays(time.timer);
  let end: string | undefined;
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

Deno.test("Delays.wait does not start for an aborted request", async () => {
  const time = new VirtualTime();
  assertEquals(await new Delays(time.timer).wait(500, AbortSignal.abort()), "aborted");
  assertEquals(time.timers_pending, 0);
});

Deno.test("Delays.stop ends all delays, and later ones at once", async () => {
  const time = new VirtualTime();
  const delays = new Delays(time.timer);
  const ends = [delays.wait(500, NEVER), delays.wait(60_000, NEVER)];
  delays.stop();
  assertEquals(await Promise.all(ends), ["stopped", "stopped"]);
  assertEquals(await delays.wait(500, NEVER), "stopped");
  assertEquals([delays.pending, time.timers_pending], [0, 0]);
});

Deno.test("Delays.wait refuses a delay beyond DELAYS_MAX", async () => {
  const time = new VirtualTime();
  const delays = new Delays(time.timer);
  const waiting = Array.from({ length: DELAYS_MAX }, () => delays.wait(500, NEVER));
  assertEquals(delays.wait(500, NEVER), undefined);
  assertEquals(delays.pending, DELAYS_MAX);
  delays.stop();
  await Promise.all(waiting);
  await settle();
});

Deno.test("FAULT_500_PCT answers its share of /counters with a logged 500", async () => {
  const { send, log } = await createTestApp("fabric", { error_pct: 10, slow_ms: 0 });
  let errors = 0;
  for (let i = 0; i < 1_000; i++) {
    const answer = await send("/counters");
    await answer.body?.cancel();
    if (answer.status === 500) errors++;
    else assertEquals(answer.status, 200);
  }
  assert(errors > 60 && errors < 140, `${errors} of 1,000 (seed 42)`);
  const injected = log.of("gen.inject_fault");
  assertEquals(injected.length, errors);
  assertEquals(injected[0], { kind: "http_500", delay_ms: 0 });
  assertEquals(Object.keys(injected[0]), [...EVENT_FIELDS["gen.inject_fault"]]);
});

Deno.test("FAULT_500_PCT=100 answers 500 to HEAD and to a matching If-None-Match", async () => {
  const { send } = await createTestApp("fabric", { error_pct: 100, slow_ms: 0 });
  assertEquals((await send("/counters", { method: "HEAD" })).status, 500);
  const answer = await send("/counters", conditional("*"));
  assertEquals(answer.status, 500);
  assertEquals((await answer.json()).type, "urn:fabric-telemetry:problem:injected-fault");
});

Deno.test("Faults never hit /healthz, unknown paths and wrong methods", async () => {
  const { send, log, time } = await createTestApp("fabric", { error_pct: 100, slow_ms: 60_000 });
  for (let i = 0; i < 50; i++) {
    assertEquals((await send("/healthz")).status, 200);
    assertEquals((await send("/nowhere")).status, 404);
    assertEquals((await send("/counters", { method: "POST" })).status, 405);
  }
  assertEquals(log.of("gen.inject_fault"), []);
  assertEquals(time.timers_pending, 0);
});

Deno.test("FAULT_SLOW_MS delays about 20 % of the requests and logs each delay", async () => {
  const { send, log, time } = await createTestApp("fabric", { error_pct: 0, slow_ms: 700 });
  const answers = Array.from({ length: 500 }, () => send("/counters"));
  await settle();
  const slow = time.timers_pending;
  assert(slow > 60 && slow < 140, `${slow} of 500 (seed 42)`);
  await time.advance(699);
  assertEquals(time.timers_pending, slow);
  await time.advance(1);
  for (const answer of await Promise.all(answers)) assertEquals(answer.status, 200);
  assertEquals(log.of("gen.inject_fault").length, slow);
  assertEquals(log.of("gen.inject_fault")[0], { kind: "slow", delay_ms: 700 });
  const latencies_ms = log.of("http.access").map((fields) => fields.latency_ms);
  assertEquals(latencies_ms.filter((latency_ms) => latency_ms === 700).length, slow);
});

Deno.test("Requests beyond DELAYS_MAX are answered at once without a logged fault", async () => {
  const { send, log, time, delays } = await createTestApp("fabric", { error_pct: 0, slow_ms: 700 });
  const answers = Array.from({ length: 6 * DELAYS_MAX }, () => send("/counters"));
  await settle();
  assertEquals(delays.pending, DELAYS_MAX);
  assertEquals(log.of("gen.inject_fault").length, DELAYS_MAX);
  assertEquals(log.of("http.access").length, 5 * DELAYS_MAX);
  await time.advance(700);
  await Promise.all(answers);
});

Deno.test("A delayed request is answered with the snapshot at the end of the delay", async () => {
  const { send, time, tick } = await createTestApp("fabric", { error_pct: 0, slow_ms: 700 });
  let answer = send("/counters");
  while (time.timers_pending === 0) answer = send("/counters");
  await tick();
  await time.advance(700);
  assertEquals((await answer).headers.get("etag"), '"boot-2"');
});

Deno.test("A delayed request whose client disconnects leaves no timer and is logged as 499", async () => {
  const { send, time, log } = await createTestApp("fabric", { error_pct: 0, slow_ms: 60_000 });
  const client = new AbortController();
  const { signal } = client;
  let answer = send("/counters", { signal });
  while (time.timers_pending === 0) answer = send("/counters", { signal });
  client.abort();
  await answer;
  assertEquals(time.timers_pending, 0);
  const { status, bytes_sent } = log.of("http.access").at(-1)!;
  assertEquals([status, bytes_sent], [499, 0]);
});

Deno.test("Stopping answers delayed requests at once", async () => {
  const { send, time, delays } = await createTestApp("fabric", { error_pct: 0, slow_ms: 60_000 });
  let answer = send("/counters");
  while (time.timers_pending === 0) answer = send("/counters");
  delays.stop();
  assertEquals((await answer).status, 200);
  assertEquals(time.timers_pending, 0);
});
