/** `/metrics` checked by promtool and scraped by a real Prometheus. */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertMatch } from "@std/assert";
import {
  freePort,
  getMetric,
  hasProgram,
  Prometheus,
  promtoolCheck,
  request,
  startDataServer,
  startMetricsServer,
  startScrapedServices,
  stats,
  together,
  until,
} from "../harness/mod.ts";
import { HAS_REDIS, startRedis } from "../../metrics_server/redis/testing/redis_server.ts";
import { DURATION_BOUNDS_MS } from "../../platform/mod.ts";

/** Requests whose latencies are compared; `/stats` covers all of them. */
const REQUESTS = 900;

Deno.test({
  name: "promtool has no findings in /metrics",
  ignore: !hasProgram("promtool"),
  async fn(t) {
    await using redis = HAS_REDIS ? await startRedis() : null;
    const store = redis === null ? "" : `redis://127.0.0.1:${redis.port}`;
    await using services = await startScrapedServices(store);
    const { metrics, data } = services;
    await together(t, {
      "of metrics_server": async () => {
        await getMetric(metrics, "sw-000", "nothing");
        assertEquals(await promtoolCheck((await request(metrics, "/metrics")).text), "");
      },
      "of data_server": async () => {
        assertEquals(await promtoolCheck((await request(data, "/metrics")).text), "");
      },
      // The source chooses the names of columns and the spelling of their units.
      "of the telemetry, except for the source's spelling of units": async () => {
        assertMatch(
          await promtoolCheck((await request(metrics, "/metrics/fabric")).text),
          /^(fabric_\w+ metric names should not contain abbreviated units\n?)*$/,
        );
      },
    });
  },
});

/** Window of rates; there is one scrape per second. */
const RATE_SEC = 6;

/** Index of a duration's bucket. */
function bucketOf(duration_ms: number): number {
  const index = DURATION_BOUNDS_MS.findIndex((bound_ms) => duration_ms <= bound_ms);
  return index < 0 ? DURATION_BOUNDS_MS.length : index;
}

async function scrapeAndCompare(env: Record<string, string | number>): Promise<void> {
  const port = await freePort();
  await using data = await startDataServer({ DATA_INTERVAL_SEC: 1 });
  await using metrics = await startMetricsServer(`${data.url}/counters`, {
    METRICS_FABRIC: "on",
    POLL_MS: 300,
    ...env,
  });
  await metrics.log.wait("poll.run");
  await using prometheus = await Prometheus.start(port, [
    { job: "metrics_server", port: metrics.port, path: "/metrics" },
    { job: "fabric", port: metrics.port, path: "/metrics/fabric" },
    { job: "data_server", port: data.port, path: "/metrics" },
  ]);
  await until("three targets to be up", async () => await prometheus.value("sum(up)") === 3);

  for (let n = 0; n < REQUESTS; n++) await getMetric(metrics, "sw-001", "latency_us");
  const before = await stats(metrics);
  const { GetMetric } = before.endpoints;
  assertEquals([GetMetric.count, GetMetric.samples], [REQUESTS, REQUESTS]);
  const name = "fabric_telemetry_http_request";
  const of = '{endpoint="GetMetric",code="200"}';
  await until(
    "all requests to be scraped",
    async () => await prometheus.value(`sum(${name}s_total${of})`) === REQUESTS,
  );

  for (const [quantile, stats_ms] of [[0.5, GetMetric.p50_ms!], [0.95, GetMetric.p95_ms!]]) {
    const query =
      `1000 * histogram_quantile(${quantile}, sum by (le) (${name}_duration_seconds_bucket${of}))`;
    const queried_ms = (await prometheus.value(query))!;
    // Prometheus interpolates within a bucket; /stats rounds to microseconds.
    const apart = Math.abs(bucketOf(queried_ms - 0.001) - bucketOf(stats_ms));
    assert(apart <= 1, `p${quantile}: ${queried_ms} ms queried, ${stats_ms} ms in /stats`);
  }
  const maximum_s = (await prometheus.value(`${name}_duration_seconds_sum${of}`))!;
  assertLess(maximum_s, GetMetric.max_ms! * REQUESTS / 1000);

  // The rate in /stats over the same time: a busy machine polls less often.
  const seen = [{ polls: before.poller.polls, at_ms: performance.now() }];
  const polls = 'fabric_telemetry_polls_total{outcome="not_modified"}';
  await until(
    "scrapes for a rate",
    async () => {
      seen.push({ polls: (await stats(metrics)).poller.polls, at_ms: performance.now() });
      if (seen.at(-1)!.at_ms - seen[0].at_ms < RATE_SEC * 1000) return false;
      return await prometheus.value(`count_over_time(${polls}[${RATE_SEC}s])`) === RATE_SEC;
    },
  );
  const rate = (await prometheus.value(`sum(rate(fabric_telemetry_polls_total[${RATE_SEC}s]))`))!;
  const to = seen.at(-1)!;
  const from = seen.findLast(({ at_ms }) => to.at_ms - at_ms >= RATE_SEC * 1000) ?? seen[0];
  const stats_rate = (to.polls - from.polls) * 1000 / (to.at_ms - from.at_ms);
  assertAlmostEquals(rate / stats_rate, 1, 0.3);
  assertEquals(await prometheus.value('fabric_telemetry_circuit_state{state="closed"}'), 1);
  const fetches = 'fabric_telemetry_poll_phase_duration_seconds_count{phase="fetch"}';
  const good = 'fabric_telemetry_polls_total{outcome!="failed"}';
  assertEquals(await prometheus.value(`sum(${fetches}) / sum(${good})`), 1);
  assertEquals(await prometheus.value("count(fabric_latency_us)"), 64);
  assertEquals(await prometheus.value("fabric_telemetry_fabric_series_left_out"), 0);
  assert((await prometheus.value("data_server_snapshots_total"))! >= 2);
  assertLess((await prometheus.value("fabric_telemetry_data_age_seconds"))!, 5);
}

Deno.test({
  name: "Prometheus' answers agree with /stats",
  ignore: !hasProgram("prometheus"),
  async fn(t) {
    await together(t, {
      "one thread": () => scrapeAndCompare({}),
      "two threads": () => scrapeAndCompare({ SERVE_THREADS: 2 }),
    });
  },
});

Deno.test({
  name: "Prometheus scrapes UFM's counters as counters, with the ports' descriptions",
  ignore: !hasProgram("prometheus"),
  async fn() {
    await using data = await startDataServer({ DATA_PROFILE: "ufm", DATA_SWITCHES: 3 });
    await using metrics = await startMetricsServer(`${data.url}/csv/metrics`, {
      METRICS_FABRIC: "on",
      METRICS_FABRIC_COLUMNS: "SymbolError*,chip_temp",
    });
    await metrics.log.wait("poll.run");
    await using prometheus = await Prometheus.start(await freePort(), [
      { job: "fabric", port: metrics.port, path: "/metrics/fabric" },
    ]);
    const name = "fabric_SymbolErrorCounterExtended_total";
    await until("a scrape", async () => (await prometheus.value(`count(${name})`) ?? 0) > 0);
    const [{ labels }] = await prometheus.series(name);
    assertMatch(labels.switch, /^0x[0-9a-f]+$/);
    assertMatch(labels.port, /^\d+$/);
    assertMatch(labels.node_description, /sw-\d+/);
    const names = await prometheus.series('count by (__name__) ({__name__=~"fabric_.+"})');
    assertEquals(names.map(({ labels }) => labels.__name__).sort(), [
      "fabric_Chip_Temp",
      name,
      "fabric_telemetry_fabric_series",
      "fabric_telemetry_fabric_series_left_out",
    ]);
  },
});
