/** A stdout that nobody reads, that is read late, or that is gone: serving does not depend on it. */
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  fabricSample,
  FakeSource,
  flood,
  getMetric,
  GRACEFUL_STOP_MS_MAX,
  request,
  serveSnapshot,
  startDataServer,
  startMetricsServer,
  stats,
  until,
} from "./harness/mod.ts";

/** Access lines are sent in portions until a pipe, a batch and a thread's ring of 4 MiB are full. */
const PORTION = 20_000;

/** Many times what they hold: where nothing is dropped by then, nothing will be. */
const REQUESTS_MAX = 400_000;

/** Longest answer: a thread that waits for stdout would give none at all. */
const ANSWER_MS_MAX = 5_000;

/** Longest time until a stalled log has come through: a busy machine reads it late. */
const CATCH_UP_MS_MAX = 60_000;

/** Enough to fill a pipe of 64 KiB. */
const REQUESTS_FOR_A_PIPE = 4_000;

Deno.test("a stdout reader that stalls stops nothing: lines are dropped, counted and told later", async () => {
  await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  server.log.stall();
  let requests = 0;
  await until("lines to be dropped", async () => {
    assertLess(requests, REQUESTS_MAX);
    await flood(server, "/healthz", PORTION);
    requests += PORTION;
    return (await stats(server)).log.lines_dropped > 0;
  }, CATCH_UP_MS_MAX);

  const { poller, endpoints } = await stats(server);
  assertEquals(endpoints.healthz.count, requests);
  await until("polls to go on", async () => (await stats(server)).poller.polls > poller.polls + 1);
  const from_ms = performance.now();
  assertEquals((await getMetric(server, "sw-000", "latency_us")).status, 200);
  assertLess(performance.now() - from_ms, ANSWER_MS_MAX);
  const dropped = (await stats(server)).log.lines_dropped;

  server.log.resume();
  const told = await server.log.wait("log.dropped");
  assertEquals([told.level, told.service], ["WARN", "metrics_server"]);
  // A stop does not wait long for lines that wait: first a line of now has to come through.
  await until("the log to have caught up", async () => {
    await request(server, "/readyz");
    return server.log.all("http.access").some(({ endpoint }) => endpoint === "readyz");
  }, CATCH_UP_MS_MAX);
  const others = otherLines(await stats(server));
  const { code } = await server.stop();
  assertEquals(code, 0);
  assertEquals(server.log.foreign, [], "every line that got through is whole");
  const told_in_all = server.log.all("log.dropped").reduce((sum, { lines }) => sum + lines, 0);
  assert(told_in_all >= dropped, `${told_in_all} lines told, ${dropped} dropped`);
  const healthz = server.log.all("http.access").filter(({ endpoint }) => endpoint === "healthz");
  assertGreater(healthz.length, 0);
  // What is missing is what was dropped; some of it can be lines of other requests and of polls.
  const missing = requests - healthz.length;
  assert(
    missing <= told_in_all && told_in_all <= missing + others,
    `${missing} missing, ${told_in_all} told, ${others} other lines`,
  );
  // A flood of access lines leaves room for the lines that explain it.
  assertEquals(server.log.all("shutdown").length, 1);
});

/** Lines that are no access lines of healthz, at most: a poll more and this request included. */
function otherLines({ endpoints, poller }: Awaited<ReturnType<typeof stats>>): number {
  const counts: number[] = Object.entries(endpoints).flatMap(([endpoint, { count }]) =>
    endpoint === "healthz" ? [] : [count]
  );
  return counts.reduce((sum, count) => sum + count, poller.polls + 10);
}

Deno.test("a stdout that is closed stops nothing: lines are dropped and counted", async () => {
  await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  await server.log.close();
  for (const _ of [1, 2, 3]) assertEquals((await request(server, "/healthz")).status, 200);
  await until("lines to be dropped", async () => (await stats(server)).log.lines_dropped >= 3);
  source.behavior = serveSnapshot(fabricSample(3, 8), { id: "boot1-2" });
  await until("the next snapshot", async () => {
    return (await getMetric(server, "sw-000", "bandwidth_gbps")).json().value === 101;
  });
  const { code, stderr } = await server.stop();
  assertEquals([code, stderr], [0, ""]);
});

for (
  const { name, start, target } of [
    {
      name: "metrics_server",
      start: () => startMetricsServer("http://127.0.0.1:2/none"),
      target: "/healthz",
    },
    { name: "data_server", start: () => startDataServer(), target: "/healthz" },
  ]
) {
  Deno.test(`${name} stops in time though nobody reads its stdout`, async () => {
    await using server = await start();
    server.log.stall();
    await flood(server, target, REQUESTS_FOR_A_PIPE);
    const { code, took_ms } = await server.stop();
    assertEquals(code, 0);
    assertLess(took_ms, GRACEFUL_STOP_MS_MAX);
  });
}
