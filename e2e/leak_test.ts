/** 10,000 connections dropped in various rude ways leave no resources behind. */
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

/** Connections before the first measurement: they fill pools and caches. */
const WARM_UP = 2_000;

/** Allowed growth; a leak of 4 KB per connection would be 40 MB. */
const RSS_GROWTH_MB_MAX = 24;

/** Descriptors that vary anyway: the polling connection, a log pipe. */
const DESCRIPTOR_SLACK = 3;

const GET_METRIC = requestText("/telemetry/GetMetric?switch_id=sw-001&metric=latency_us", {});
const LIST_METRICS = requestText("/telemetry/ListMetrics", {});

/** Bytes sent before the connection is dropped. */
const RUDE: readonly string[] = [
  "", // connect and close
  GET_METRIC, // response unread: RST
  GET_METRIC.slice(0, 40), // incomplete request
  LIST_METRICS, // longer response unread
  GET_METRIC.repeat(5), // pipelined
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
  name: `${CONNECTIONS} dropped connections leave no descriptor and no memory behind`,
  ignore: !HAS_PROC,
  async fn() {
    await using source = new FakeSource(serveSnapshot(fabricSample(200), { id: "boot1-1" }));
    // No poll fails on a busy machine, so nothing is logged as WARN.
    await using server = await startMetricsServer(source.url, { POLL_TIMEOUT_MS: 60_000 });
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
    const requested = Math.floor((WARM_UP + CONNECTIONS) / RUDE.length);
    assertGreater(ListMetrics.count, requested / 2, "requests must have arrived");
    const growth_mb = after.rss_mb - before.rss_mb;
    assertLess(growth_mb, RSS_GROWTH_MB_MAX, `from ${before.rss_mb} to ${after.rss_mb} MB`);
    assertEquals((await getMetric(server, "sw-001", "latency_us")).status, 200);
    const { code, stderr } = await server.stop();
    assertEquals([code, stderr], [0, ""]);
    const levels = new Set(server.log.events.map(({ level }) => level));
    assertEquals(levels, new Set(["INFO"]));
  },
});
