import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { EVENT_FIELDS } from "../contracts/mod.ts";
import { conditional, createTestApp } from "./testing/test_app.ts";

Deno.test("Every request is logged with endpoint, status, latency, age and bytes", async () => {
  const { ask, time, log } = await createTestApp();
  time.block(820);
  const body = await (await ask("/counters")).text();
  await ask("/counters", { method: "HEAD" });
  await ask("/counters", conditional("*"));
  await ask("/healthz");
  const unknown = await (await ask("/nowhere")).text();
  const wrong = await (await ask("/counters", { method: "POST" })).text();
  const line = (endpoint: string, status: number, age_ms: number, bytes_sent: number) => ({
    endpoint,
    status,
    latency_ms: 0,
    age_ms,
    bytes_sent,
  });
  assertEquals(log.of("http.access"), [
    line("/counters", 200, 820, body.length),
    line("/counters", 200, 820, 0),
    line("/counters", 304, 820, 0),
    line("/healthz", 200, NaN, 11),
    line("unknown", 404, NaN, unknown.length),
    line("/counters", 405, NaN, wrong.length),
  ]);
  assertGreater(unknown.length, 0);
  assertMatch(wrong, /wrong-method/);
  assertEquals(Object.keys(log.of("http.access")[0]), [...EVENT_FIELDS["http.access"]]);
});

Deno.test("The age in the log is never negative", async () => {
  const { ask, time, log } = await createTestApp();
  time.block(-5_000);
  await ask("/counters");
  assertEquals(log.of("http.access")[0].age_ms, 0);
});
