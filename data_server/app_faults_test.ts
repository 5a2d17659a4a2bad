import { assert, assertEquals } from "@std/assert";
import { EVENT_FIELDS } from "../contracts/mod.ts";
import { DELAYS_MAX } from "./delays.ts";
import { conditional, createTestApp } from "./testing/test_app.ts";
import { settle } from "./testing/virtual_time.ts";

Deno.test("FAULT_500_PCT answers its share of /counters with a problem, and logs each", async () => {
  const { ask, log } = await createTestApp("fabric", { error_pct: 10, slow_ms: 0 });
  let errors = 0;
  for (let i = 0; i < 1_000; i++) {
    const answer = await ask("/counters");
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

Deno.test("FAULT_500_PCT=100 answers 500 also to HEAD and to a matching If-None-Match", async () => {
  const { ask } = await createTestApp("fabric", { error_pct: 100, slow_ms: 0 });
  assertEquals((await ask("/counters", { method: "HEAD" })).status, 500);
  const answer = await ask("/counters", conditional("*"));
  assertEquals(answer.status, 500);
  assertEquals((await answer.json()).type, "urn:fabric-telemetry:problem:injected-fault");
});

Deno.test("Faults never meet /healthz, unknown paths and wrong methods", async () => {
  const { ask, log, time } = await createTestApp("fabric", { error_pct: 100, slow_ms: 60_000 });
  for (let i = 0; i < 50; i++) {
    assertEquals((await ask("/healthz")).status, 200);
    assertEquals((await ask("/nowhere")).status, 404);
    assertEquals((await ask("/counters", { method: "POST" })).status, 405);
  }
  assertEquals(log.of("gen.inject_fault"), []);
  assertEquals(time.timers_pending, 0);
});

Deno.test("FAULT_SLOW_MS delays about 20 % of the requests by that long, and logs each", async () => {
  const { ask, log, time } = await createTestApp("fabric", { error_pct: 0, slow_ms: 700 });
  const answers = Array.from({ length: 500 }, () => ask("/counters"));
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

Deno.test("Requests beyond DELAYS_MAX delayed ones are answered at once, and no fault is logged", async () => {
  const { ask, log, time, delays } = await createTestApp("fabric", { error_pct: 0, slow_ms: 700 });
  const answers = Array.from({ length: 6 * DELAYS_MAX }, () => ask("/counters"));
  await settle();
  assertEquals(delays.pending, DELAYS_MAX);
  assertEquals(log.of("gen.inject_fault").length, DELAYS_MAX);
  assertEquals(log.of("http.access").length, 5 * DELAYS_MAX);
  await time.advance(700);
  await Promise.all(answers);
});

Deno.test("A delayed request answers the snapshot of when the delay is over", async () => {
  const { ask, time, tick } = await createTestApp("fabric", { error_pct: 0, slow_ms: 700 });
  let answer = ask("/counters");
  while (time.timers_pending === 0) answer = ask("/counters");
  await tick();
  await time.advance(700);
  assertEquals((await answer).headers.get("etag"), '"boot-2"');
});

Deno.test("A delayed request whose client goes away leaves no timer and is logged as 499", async () => {
  const { ask, time, log } = await createTestApp("fabric", { error_pct: 0, slow_ms: 60_000 });
  const client = new AbortController();
  const { signal } = client;
  let answer = ask("/counters", { signal });
  while (time.timers_pending === 0) answer = ask("/counters", { signal });
  client.abort();
  await answer;
  assertEquals(time.timers_pending, 0);
  const { status, bytes_sent } = log.of("http.access").at(-1)!;
  assertEquals([status, bytes_sent], [499, 0]);
});

Deno.test("Stopping answers delayed requests at once", async () => {
  const { ask, time, delays } = await createTestApp("fabric", { error_pct: 0, slow_ms: 60_000 });
  let answer = ask("/counters");
  while (time.timers_pending === 0) answer = ask("/counters");
  delays.stop();
  assertEquals((await answer).status, 200);
  assertEquals(time.timers_pending, 0);
});
