/** 10,000 connections, opened and dropped in every rude way: nothing of them stays. */
import { assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  fabricSample,
  FakeSource,
  getMetric,
  HAS_PROC,
  HttpSocket,
  processFigures,
  requestText,
  serveSnapshot,
  type Service,
  startMetricsServer,
  stats,
  until,
} from "./harness/mod.ts";

const CONNECTIONS = 10_000;
const BATCH = 200;

/** Connections before the first figures are taken: they fill pools and caches for good. */
const WARM_UP = 2_000;

/** What memory may have grown by: a leak of 4 KB a connection would be 40 MB. */
const RSS_GROWTH_MB_MAX = 24;

/** Descriptors that may come and go by themselves: the polling connection, a log pipe. */
const DESCRIPTOR_SLACK = 3;

const GET_METRIC = requestText("/telemetry/GetMetric?switch_id=sw-001&metric=latency_us", {});
const LIST_METRICS = requestText("/telemetry/ListMetrics", {});

/** What is sent before the connection is dropped. */
const RUDE: readonly string[] = [
  "", // nothing: connect and go
  GET_METRIC, // asked, and the answer left unread: RST
  GET_METRIC.slice(0, 40), // half a request
  LIST_METRICS, // a longer answer left unread
  GET_METRIC.repeat(5), // several
  "\x16\x03\x01 no HTTP\r\n\r\n",
];

async function openAndDrop(server: Service, connections: number): Promise<void> {
  for (let opened = 0; opened < connections; opened += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, async (_, n) => {
      using socket = await HttpSocket.connect(server.port);
      await socket.send(RUDE[(opened + n) % RUDE.length]);
    }));
  }
}

Deno.test({
  name: `${CONNECTIONS} connections opened and dropped leave no descriptor and no memory behind`,
  ignore: !HAS_PROC,
  async fn() {
    await using source = new FakeSource(serveSnapshot(fabricSample(200), { id: "boot1-1" }));
    await using server = await startMetricsServer(source.url);
    await server.log.wait("poll.run");
    const idle = await processFigures(server.pid);
    const settled = () =>
      until("all connections to be closed", async () => {
        const figures = await processFigures(server.pid);
        return figures.descriptors <= idle.descriptors + DESCRIPTOR_SLACK && figures;
      });
    await openAndDrop(server, WARM_UP);
    const before = await settled();
    await openAndDrop(server, CONNECTIONS);
    const after = await settled();

    const { ListMetrics } = (await stats(server)).endpoints;
    const asked = Math.floor((WARM_UP + CONNECTIONS) / RUDE.length);
    assertGreater(ListMetrics.count, asked / 2, "connections must have got through to be dropped");
    const growth_mb = after.rss_mb - before.rss_mb;
    assertLess(growth_mb, RSS_GROWTH_MB_MAX, `from ${before.rss_mb} to ${after.rss_mb} MB`);
    assertEquals((await getMetric(server, "sw-001", "latency_us")).status, 200);
    const { code, stderr } = await server.stop();
    assertEquals([code, stderr], [0, ""]);
    const levels = new Set(server.log.events.map(({ level }) => level));
    assertEquals(levels, new Set(["INFO"]));
  },
});
