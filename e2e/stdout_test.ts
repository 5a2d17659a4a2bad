/** A stdout without a reader, with a late reader, or closed does not affect serving. */
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
  within,
} from "./harness/mod.ts";

/** Requests per step, until a pipe, a batch and a thread's ring of 4 MiB are full of lines. */
const PORTION = 20_000;

/** Many times the lines that fit: by then some must be dropped. */
const REQUESTS_MAX = 400_000;

/** Time limit until a stalled log has been read. */
const CATCH_UP_MS_MAX = 60_000;

/** Enough lines to fill a pipe of 64 KiB. */
const REQUESTS_FOR_A_PIPE = 4_000;

Deno.test("a stalled stdout reader does not stop serving: lines are dropped and reported", async () => {
  await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
  // At DEBUG, the health routes are logged, too.
  await using server = await startMetricsServer(source.url, { LOG_LEVEL: "DEBUG" });
  await server.log.wait("poll.run");
  server.log.stall();
  let requests = 0;
  await until("lines to be dropped", async () => {
    assertLess(requests, REQUESTS_MAX);
    await flood(server, "/healthz", PORTION);
    requests += PORTION;
    return (await stats(server)).log.lines_dropped > 0;
  }, { wait_ms_max: CATCH_UP_MS_MAX });

  const { poller, endpoints } = await stats(server);
  assertEquals(endpoints.healthz.count, requests);
  await until("polls to go on", async () => (await stats(server)).poller.polls > poller.polls + 1);
  const answer = within("an answer", getMetric(server, "sw-000", "latency_us"));
  assertEquals((await answer).status, 200);
  const dropped = (await stats(server)).log.lines_dropped;

  server.log.resume();
  const dropped_event = await server.log.wait("log.dropped");
  assertEquals([dropped_event.level, dropped_event.service], ["WARN", "metrics_server"]);
  // A stop waits only briefly for queued lines: first wait until a new line arrives.
  await until("the log to have caught up", async () => {
    await request(server, "/readyz");
    return server.log.all("http.access").some(({ endpoint }) => endpoint === "readyz");
  }, { wait_ms_max: CATCH_UP_MS_MAX });
  const others = otherLines(await stats(server));
  const { code } = await server.stop();
  assertEquals(code, 0);
  assertEquals(server.log.foreign, [], "every written line is whole");
  const reported = server.log.all("log.dropped").reduce((sum, { lines }) => sum + lines, 0);
  assert(reported >= dropped, `${reported} lines reported, ${dropped} dropped`);
  const healthz = server.log.all("http.access").filter(({ endpoint }) => endpoint === "healthz");
  assertGreater(healthz.length, 0);
  // Missing lines were dropped; some dropped lines may belong to other requests and polls.
  const missing = requests - healthz.length;
  assert(
    missing <= reported && reported <= missing + others,
    `${missing} missing, ${reported} reported, ${others} other lines`,
  );
  // Access lines never crowd out other events.
  assertEquals(server.log.all("shutdown").length, 1);
});

/** Upper bound of the lines other than healthz access lines, with a margin. */
function otherLines({ endpoints, poller }: Awaited<ReturnType<typeof stats>>): number {
  const counts: number[] = Object.entries(endpoints).flatMap(([endpoint, { count }]) =>
    endpoint === "healthz" ? [] : [count]
  );
  return counts.reduce((sum, count) => sum + count, poller.polls + 10);
}

Deno.test("a closed stdout does not stop serving: lines are dropped and counted", async () => {
  await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url, { LOG_LEVEL: "DEBUG" });
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
      start: () => startMetricsServer("http://127.0.0.1:2/none", { LOG_LEVEL: "DEBUG" }),
      target: "/healthz",
    },
    { name: "data_server", start: () => startDataServer(), target: "/healthz" },
  ]
) {
  Deno.test(`${name} stops in time with a stalled stdout`, async () => {
    await using server = await start();
    server.log.stall();
    await flood(server, target, REQUESTS_FOR_A_PIPE);
    const { code, took_ms } = await server.stop();
    assertEquals(code, 0);
    assertLess(took_ms, GRACEFUL_STOP_MS_MAX);
  });
}
