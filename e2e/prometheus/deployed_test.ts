/** The files of `deploy/` in the real promtool and Prometheus. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dashboardQueries, type PrometheusConfig } from "../../deploy/testing/observability.ts";
import { parseYaml } from "../../deploy/testing/project.ts";
import { HAS_REDIS, startRedis } from "../../metrics_server/redis/testing/redis_server.ts";
import {
  freePort,
  getMetric,
  hasProgram,
  Prometheus,
  promtool,
  type Service,
  startDataServer,
  startMetricsServer,
  until,
} from "../harness/mod.ts";

const FOLDER = `${import.meta.dirname}/../../deploy/prometheus`;
const HAS_PROMTOOL = hasProgram("promtool");

Deno.test({
  name: "promtool accepts the scrape configuration and its rules",
  ignore: !HAS_PROMTOOL,
  async fn() {
    const checked = await promtool(["check", "config", `${FOLDER}/prometheus.yml`]);
    assert(checked.success, checked.text);
    assertStringIncludes(checked.text, "rules found");
  },
});

for (const name of ["alerts_data_test.yml", "alerts_service_test.yml"]) {
  Deno.test({
    name: `promtool test rules: ${name}`,
    ignore: !HAS_PROMTOOL,
    async fn() {
      const tested = await promtool(["test", "rules", `${FOLDER}/${name}`]);
      assert(tested.success, tested.text);
    },
  });
}

/** Speed-up of the committed durations: scrapes, evaluations and `for`. */
const QUICKER = 10;

/** Range of rates in the dashboard's queries. */
const WINDOW = "10s";

/** Queries without a result on a healthy system. */
const EMPTY_WHERE_WELL = ["annotations", "panel Alerts, A"];

/** `5s` → `500ms`, `1m` → `6s`. */
function quicker(duration: string): string {
  const [, amount, unit] = /^(\d+)(s|m)$/.exec(duration)!;
  return `${Number(amount) * (unit === "m" ? 60_000 : 1_000) / QUICKER}ms`;
}

/** The committed files with local targets and shorter durations. */
function filesFor(services: Record<string, Service>): Record<string, string> {
  const read = (name: string) => Deno.readTextFileSync(`${FOLDER}/${name}`);
  const config = parseYaml<PrometheusConfig>(read("prometheus.yml"));
  const { global } = config;
  for (const key of ["scrape_interval", "scrape_timeout", "evaluation_interval"] as const) {
    global[key] = quicker(global[key]);
  }
  for (const job of config.scrape_configs) {
    delete job.dns_sd_configs;
    if (job.scrape_interval !== undefined) job.scrape_interval = quicker(job.scrape_interval);
    for (const group of job.static_configs) {
      group.targets = group.targets.map((target) => {
        const service = services[target.split(":")[0]];
        return `127.0.0.1:${service.port}`;
      });
    }
  }
  const alerts = read("alerts.yml").replaceAll(
    /^( +for: )(\w+)$/gm,
    (_, key, duration) => key + quicker(duration),
  );
  return { "prometheus.yml": JSON.stringify(config), "alerts.yml": alerts };
}

function firing(prometheus: Prometheus, name: string) {
  return prometheus.alerts().then((alerts) =>
    alerts.find(({ labels, state }) => labels.alertname === name && state === "firing")
  );
}

Deno.test({
  name: "Prometheus with the committed files answers all queries and alerts on an outage",
  ignore: !hasProgram("prometheus") || !HAS_REDIS,
  async fn(t) {
    await using redis = await startRedis();
    await using data = await startDataServer({ PORT: await freePort(), FAULT_500_PCT: 30 });
    await using metrics = await startMetricsServer(`${data.url}/counters`, {
      METRICS_FABRIC: "on",
      POLL_MS: 200,
      BACKOFF_MAX_MS: 200,
      SNAPSHOT_STORE: `redis://127.0.0.1:${redis.port}`,
    });
    await metrics.log.wait("poll.run");
    await using prometheus = await Prometheus.startWith(
      await freePort(),
      filesFor({ "metrics-server": metrics, "data-server": data }),
    );
    await t.step("every target is up", async () => {
      await until("all targets to be up", async () => await prometheus.value("sum(up)") === 3);
    });
    await t.step("every query has an answer", async () => {
      await metrics.log.wait("poll.error");
      for (const { where, expr } of dashboardQueries(WINDOW, "fabric_latency_us")) {
        if (EMPTY_WHERE_WELL.includes(where)) {
          await prometheus.series(expr);
          continue;
        }
        await until(`an answer to ${where}: ${expr}`, async () => {
          await getMetric(metrics, "sw-001", "latency_us");
          await getMetric(metrics, "sw-001", "nothing");
          return (await prometheus.series(expr)).some(({ value }) => !Number.isNaN(value));
        });
      }
    });
    const { port } = data;
    await data.stop();
    await t.step(
      "an outage fires FabricSourceDown, FabricCircuitOpen and FabricTargetDown",
      async () => {
        for (const name of ["FabricSourceDown", "FabricCircuitOpen", "FabricTargetDown"]) {
          await until(`${name} to fire`, async () => await firing(prometheus, name) !== undefined);
        }
        const { labels, annotations } = (await firing(prometheus, "FabricSourceDown"))!;
        assertEquals(labels.source, `http://127.0.0.1:${port}/counters`);
        assertMatch(annotations.summary, /^http:\S+ is down: \d+ polls failed in a row$/);
        assert(!Object.values(annotations).join().includes("<no value>"));
        assert((await prometheus.series('ALERTS{alertstate="firing"}')).length >= 3);
      },
    );
    await t.step("the alerts end when the source returns", async () => {
      await using _back = await startDataServer({ PORT: port });
      await until("no alert of the outage", async () => {
        const names = (await prometheus.alerts()).map(({ labels }) => labels.alertname);
        return !names.some((name) => /^Fabric(SourceDown|CircuitOpen|TargetDown)$/.test(name));
      });
    });
  },
});
