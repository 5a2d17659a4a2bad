/** SERVE_THREADS=2: two threads behind one port act as one. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  fabricSample,
  FakeSource,
  getMetric,
  HAS_PROC,
  HttpSocket,
  listeningSockets,
  listMetrics,
  request,
  runToEnd,
  serveSnapshot,
  startMetricsServer,
  stats,
  until,
  wideSample,
} from "./harness/mod.ts";

/** The kernel gives all of them to one thread with a probability of 2^-63. */
const CONNECTIONS = 64;

Deno.test({
  name: "both threads respond, and /stats of either counts all requests",
  ignore: !HAS_PROC,
  async fn() {
    await using source = new FakeSource(
      serveSnapshot(fabricSample(3), { id: "boot1-1", snapshot_ts: Date.now() }),
    );
    await using server = await startMetricsServer(source.url, { SERVE_THREADS: 2 });
    await server.log.wait("poll.run");
    const sockets = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => HttpSocket.connect(server.port)),
    );
    try {
      let requested = 0;
      const requestAll = async (target: string) => {
        requested += sockets.length;
        for (const socket of sockets) await socket.sendRequest(target);
        return await Promise.all(sockets.map((socket) => socket.read()));
      };
      const target = "/telemetry/GetMetric?switch_id=sw-001&metric=latency_us";
      for (const answer of await requestAll(target)) assertEquals(answer.json().value, 2.5);
      for (const answer of await requestAll("/telemetry/ListMetrics")) {
        assertEquals([answer.status, answer.json().items.length], [200, 3]);
      }
      // Each thread has its own listener, and neither has waiting connections.
      assertEquals(await listeningSockets(server.port), [{ waiting: 0 }, { waiting: 0 }]);

      for (const answer of await requestAll("/stats")) {
        const { endpoints, sources } = answer.json();
        assertEquals(endpoints.GetMetric.count, CONNECTIONS);
        assertEquals(endpoints.ListMetrics.count, CONNECTIONS);
        assertEquals(endpoints.GetMetric.samples, CONNECTIONS);
        assertEquals([sources[0].snapshot_id, sources[0].rows], ["boot1-1", 3]);
      }
      assertEquals((await stats(server)).endpoints.stats.count, CONNECTIONS);

      source.behavior = serveSnapshot(fabricSample(3, 8), { id: "boot1-2" });
      await server.log.wait("poll.run", ({ snapshot_id }) => snapshot_id === "boot1-2");
      await until("both threads to have the new snapshot", async () => {
        const answers = await requestAll(
          "/telemetry/GetMetric?switch_id=sw-000&metric=bandwidth_gbps",
        );
        const held = answers.map((answer) => `${answer.json().snapshot_id} ${answer.json().value}`);
        assert(held.every((text) => ["boot1-1 100", "boot1-2 101"].includes(text)), held.join());
        return !held.includes("boot1-1 100");
      });
      assertEquals((await server.stop()).code, 0);
      assertEquals(server.log.all("http.access").length, requested + 1);
    } finally {
      for (const socket of sockets) socket.close();
    }
  },
});

Deno.test("a prepared list is available to every thread", async () => {
  await using source = new FakeSource(serveSnapshot(wideSample(6_000, 30), { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url, { SERVE_THREADS: 2 });
  await server.log.wait("poll.run");
  const lists = await Promise.all(Array.from({ length: 8 }, () => listMetrics(server)));
  for (const list of lists) assertEquals([list.status, list.json().items.length], [200, 6_000]);
});

Deno.test("a port in use is refused with one or two threads", async () => {
  await using source = new FakeSource(serveSnapshot(fabricSample(3)));
  await using first = await startMetricsServer(source.url, { SERVE_THREADS: 2 });
  for (const threads of [1, 2]) {
    const second = await runToEnd("metrics_server", {
      UPSTREAM_URL: source.url,
      PORT: first.port,
      SERVE_THREADS: threads,
    });
    assertEquals([second.code, second.stdout], [78, ""], `SERVE_THREADS=${threads}`);
    assertMatch(
      second.stderr,
      new RegExp(`^PORT=${first.port}: already in use on 127\\.0\\.0\\.1`),
    );
  }
  assert((await getMetric(first, "sw-000", "latency_us")).status === 200);
  assertEquals((await request(first, "/healthz")).status, 200);
});
