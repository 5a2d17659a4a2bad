/** The files of `deploy/` in the real promtool and Prometheus. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  alertTests,
  dashboardQueries,
  type PrometheusConfig,
} from "../../deploy/testing/observability.ts";
import { parseYaml } from "../../deploy/testing/project.ts";
import { runProcess } from "../../tools/processes/mod.ts";
import { HAS_REDIS, startRedis } from "../../metrics_server/redis/testing/redis_server.ts";
import {
  freePort,
  getMetric,
  hasProgram,
  Prometheus,
  promtool,
  request,
  type Service,
  startDataServer,
  startMetricsServer,
  until,
} from "../harness/mod.ts";

const FOLDER = `${import.meta.dirname}/../../deploy/prometheus`;
const HAS_PROMTOOL = hasProgram("promtool");

Deno.test({
  name: "amtool accepts the example for Alertmanager",
  ignore: !hasProgram("amtool"),
  async fn() {
    const { code, stdout, stderr } = await runProcess([
      "amtool",
      "check-config",
      `${FOLDER}/alertmanager.yml`,
    ]);
    assertEquals(code, 0, stdout + stderr);
  },
});

Deno.test({
  name: "promtool accepts the scrape configuration and its rules",
  ignore: !HAS_PROMTOOL,
  async fn() {
    const checked = await promtool(["check", "config", `${FOLDER}/prometheus.yml`]);
    assert(checked.success, checked.text);
    assertStringIncludes(checked.text, "rules found");
  },
});

for (const name of alertTests()) {
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

/** Evaluations within the longest `for` of {@link CONSEQUENCES}, shortened: 12 s. */
const SETTLED_EVALUATIONS = 25;

/** Alerts that an outage of a source could fire; a busy machine may fire others. */
const CONSEQUENCES =
  /^Fabric(SourceDown|DataStale|RowsStale|PollsFailing|RowsMissing|TargetDown|RequestsFailing)$/;

/** Range of rates in the dashboard's queries. */
const WINDOW = "10s";

/** Columns of the fabric, for the dashboard's variables. */
const FABRIC = { metric: "fabric_latency_us", counter: "fabric_packet_errors_total" };

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
    for (const key of ["scrape_interval", "scrape_timeout"] as const) {
      if (job[key] !== undefined) job[key] = quicker(job[key]);
    }
    for (const group of job.static_configs) {
      group.targets = group.targets.map((target) => {
        const service = services[target.split(":")[0]];
        return `127.0.0.1:${service.port}`;
      });
    }
  }
  const rules = config.rule_files.map((name) => [
    name,
    read(name).replaceAll(/^( +for: )(\w+)$/gm, (_, key, duration) => key + quicker(duration)),
  ]);
  return { "prometheus.yml": JSON.stringify(config), ...Object.fromEntries(rules) };
}

async function firing(prometheus: Prometheus) {
  return (await prometheus.alerts()).filter(({ state, labels }) =>
    state === "firing" && CONSEQUENCES.test(labels.alertname)
  );
}

Deno.test({
  name: "Prometheus with the committed files answers all queries and alerts on an outage",
  ignore: !hasProgram("prometheus") || !HAS_REDIS,
  async fn(t) {
    await using redis = await startRedis();
    await using data = await startDataServer({ PORT: await freePort(), FAULT_500_PCT: 5 });
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
      for (const { where, expr } of dashboardQueries(WINDOW, FABRIC)) {
        if (EMPTY_WHERE_WELL.includes(where)) {
          await prometheus.series(expr);
          continue;
        }
        await until(`an answer to ${where}: ${expr}`, async () => {
          await getMetric(metrics, "sw-001", "latency_us");
          await getMetric(metrics, "sw-001", "nothing");
          // Without gzip, a long body.
          await request(metrics, "/metrics/fabric");
          return (await prometheus.series(expr)).some(({ value }) => !Number.isNaN(value));
        });
      }
    });
    const { port } = data;
    await data.stop();
    await t.step("a source that ends fires FabricSourceDown and no other alert", async () => {
      await until("FabricSourceDown to fire", async () => (await firing(prometheus)).length > 0);
      const evaluations =
        'count_over_time(ALERTS{alertname="FabricSourceDown",alertstate="firing"}[1h])';
      await until("the time of every other alert to pass", async () => {
        assertEquals((await firing(prometheus)).map(({ labels }) => labels), [{
          alertname: "FabricSourceDown",
          severity: "critical",
          source: `http://127.0.0.1:${port}/counters`,
        }]);
        return (await prometheus.value(evaluations))! > SETTLED_EVALUATIONS;
      });
      const [{ annotations }] = await firing(prometheus);
      assertMatch(annotations.summary, /^http:\S+ is down: the polls of 1 metrics_server fail$/);
      assert(!Object.values(annotations).join().includes("<no value>"));
    });
    await t.step("the alert ends when the source returns", async () => {
      await using _back = await startDataServer({ PORT: port });
      await until("no alert", async () => (await firing(prometheus)).length === 0);
    });
  },
});
