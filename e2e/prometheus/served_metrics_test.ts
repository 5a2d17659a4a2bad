/** Every query of the alerts and the dashboard selects served series. Needs redis-server. */
import { assert, assertEquals } from "@std/assert";
import {
  dashboardQueries,
  type Matcher,
  prometheusConfig,
  ruleQueries,
  rules,
  selectionsOf,
} from "../../deploy/testing/observability.ts";
import { HAS_REDIS, startRedis } from "../../metrics_server/redis/testing/redis_server.ts";
import { getMetric, request, startScrapedServices } from "../harness/mod.ts";

/** Series by name: label → the values served. */
type Served = Map<string, Map<string, Set<string>>>;

/** Added by Prometheus. */
const TARGET_LABELS = ["job", "instance"];

/** Written by Prometheus itself. */
const OWN_SERIES = { up: TARGET_LABELS, ALERTS: ["alertname", "alertstate", "severity"] };

/** Columns of the fabric, for the dashboard's variables. */
const FABRIC = { metric: "fabric_latency_us", counter: "fabric_packet_errors_total" };

function addSeries(served: Served, text: string): void {
  for (const line of text.split("\n")) {
    const [, name, labels = ""] = /^(\w+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = served.get(name) ?? new Map();
    served.set(name, known);
    for (const [, label, value] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
      known.set(label, (known.get(label) ?? new Set()).add(value));
    }
  }
}

/** All series of both services, after every outcome that the queries select. */
async function servedSeries(): Promise<Served> {
  await using redis = await startRedis();
  await using services = await startScrapedServices(`redis://127.0.0.1:${redis.port}`);
  const { metrics, data } = services;
  await getMetric(metrics, "sw-000", "latency_us");
  const served: Served = new Map();
  for (
    const [service, path] of [[metrics, "/metrics"], [metrics, "/metrics/fabric"], [
      data,
      "/metrics",
    ]] as const
  ) {
    addSeries(served, (await request(service, path)).text);
  }
  return served;
}

const served = HAS_REDIS ? await servedSeries() : new Map() as Served;
const jobs = prometheusConfig().scrape_configs.map(({ job_name }) => job_name);
const alerts = rules().flatMap(({ alert }) => alert ?? []);

/** Labels of the series of this name; null if there are none. */
function labelsOf(metric: string): readonly string[] | null {
  const recorded = rules().find(({ record }) => record === metric);
  if (recorded !== undefined) {
    return [...selectionsOf(recorded.expr).labels, ...Object.keys(recorded.labels ?? {})];
  }
  if (metric in OWN_SERIES) return OWN_SERIES[metric as keyof typeof OWN_SERIES];
  const labels = served.get(metric);
  return labels === undefined ? null : [...labels.keys(), ...TARGET_LABELS];
}

/** Values of a label; null if it can have any. */
function valuesOf(metric: string | null, label: string): readonly string[] | null {
  if (label === "job") return jobs;
  if (label === "alertname") return alerts;
  if (label === "__name__") return [...served.keys()];
  // A status appears with the first request that has it.
  if (label === "code" || metric === null) return null;
  const met = served.get(metric)?.get(label);
  return met === undefined ? null : [...met];
}

/** Whether the matcher matches a served value; every value it lists must be served. */
function isMet({ op, value }: Matcher, values: readonly string[]): boolean {
  const named = op.endsWith("~") && /^[\w|]+$/.test(value) ? value.split("|") : null;
  if (named !== null) return named.every((name) => values.includes(name));
  if (op.endsWith("~")) return values.some((served) => new RegExp(`^(?:${value})$`).test(served));
  return values.includes(value);
}

const QUERIES = [...ruleQueries(), ...dashboardQueries("1m", FABRIC)];

/** Series of replicas are served only with a Redis. */
function servedTest(name: string, fn: () => void): void {
  Deno.test({ name: `${name} (needs redis-server)`, ignore: !HAS_REDIS, fn });
}

servedTest(
  "every metric of an alert or panel is served with the selected labels and values",
  () => {
    assert(QUERIES.length > 50);
    for (const { where, expr } of QUERIES) {
      for (const { metric, matchers } of selectionsOf(expr).selectors) {
        const labels = metric === null ? null : labelsOf(metric);
        assert(metric === null || labels !== null, `${where}: ${metric} is not served`);
        for (const matcher of matchers) {
          const { label } = matcher;
          assert(labels?.includes(label) ?? true, `${where}: ${metric} has no label ${label}`);
          const values = valuesOf(metric, label);
          assert(values === null || isMet(matcher, values), `${where}: ${label}, ${matcher.value}`);
        }
      }
    }
  },
);

servedTest("every label a query groups or joins by exists in its series", () => {
  for (const { where, expr } of QUERIES) {
    const { selectors, labels } = selectionsOf(expr);
    const had = new Set(selectors.flatMap(({ metric }) => labelsOf(metric ?? FABRIC.metric) ?? []));
    // A fabric of switches has no port or description, a process without SHARD no shard.
    const optional = ["port", "node_description", "deno", "shard"];
    assertEquals(labels.filter((label) => !had.has(label) && !optional.includes(label)), [], where);
  }
});

servedTest(
  "every metric of metrics_server is on the dashboard or in an alert, with one exception",
  () => {
    const queried = new Set(
      QUERIES.flatMap(({ expr }) =>
        selectionsOf(expr).selectors.flatMap(({ metric, matchers }) =>
          metric ?? matchers[0].value.split("|")
        )
      ),
    );
    const families = [...served.keys()]
      .filter((name) => name.startsWith("fabric_telemetry_"))
      .filter((name) => !/_(bucket|sum|count)$/.test(name) || name.endsWith("_bucket"));
    assertEquals(families.filter((name) => !queried.has(name)), [
      // The dashboard shows its age instead.
      "fabric_telemetry_data_timestamp_seconds",
    ]);
  },
);
