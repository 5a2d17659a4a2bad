/** Every query of alerts and dashboard asks for what both services serve, by names, labels and values. */
import { assert, assertEquals } from "@std/assert";
import { getMetric, request, startScrapedServices } from "../e2e/harness/mod.ts";
import { dashboardQueries, prometheusConfig, ruleQueries, rules } from "./observability.ts";
import { askedBy, type Matcher } from "./promql.ts";

/** Series by name: label → the values met. */
type Served = Map<string, Map<string, Set<string>>>;

/** Added by Prometheus. */
const TARGET_LABELS = ["job", "instance"];

/** Written by Prometheus itself; label → null: any value. */
const OWN_SERIES = { up: TARGET_LABELS, ALERTS: ["alertname", "alertstate", "severity"] };

/** A column of the fabric, for the dashboard's variable. */
const FABRIC_METRIC = "fabric_latency_us";

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

/** All series of both services, each met with every outcome the queries ask for. */
async function servedSeries(): Promise<Served> {
  await using services = await startScrapedServices();
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

const served = await servedSeries();
const jobs = prometheusConfig().scrape_configs.map(({ job_name }) => job_name);
const alerts = rules().flatMap(({ alert }) => alert ?? []);

/** Labels a series of this name has; null where there is none of the name. */
function labelsOf(metric: string): readonly string[] | null {
  const recorded = rules().find(({ record }) => record === metric);
  if (recorded !== undefined) return askedBy(recorded.expr).labels;
  if (metric in OWN_SERIES) return OWN_SERIES[metric as keyof typeof OWN_SERIES];
  const labels = served.get(metric);
  return labels === undefined ? null : [...labels.keys(), ...TARGET_LABELS];
}

/** Values a label is met with; null where it can have any. */
function valuesOf(metric: string | null, label: string): readonly string[] | null {
  if (label === "job") return jobs;
  if (label === "alertname") return alerts;
  if (label === "__name__") return [...served.keys()];
  // Statuses come with the requests that have them.
  if (label === "code" || metric === null) return null;
  const met = served.get(metric)?.get(label);
  return met === undefined ? null : [...met];
}

/** Whether the condition holds for some value that is met, and for all that it names. */
function isMet({ op, value }: Matcher, values: readonly string[]): boolean {
  const named = op.endsWith("~") && /^[\w|]+$/.test(value) ? value.split("|") : null;
  if (named !== null) return named.every((one) => values.includes(one));
  if (op.endsWith("~")) return values.some((one) => new RegExp(`^(?:${value})$`).test(one));
  return values.includes(value);
}

const QUERIES = [...ruleQueries(), ...dashboardQueries("1m", FABRIC_METRIC)];

Deno.test("every metric that an alert or a panel asks for is served, with the labels and values it is asked by", () => {
  assert(QUERIES.length > 50);
  for (const { where, expr } of QUERIES) {
    for (const { metric, matchers } of askedBy(expr).selectors) {
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
});

Deno.test("every label that a query groups or joins by is one that its series have", () => {
  for (const { where, expr } of QUERIES) {
    const { selectors, labels } = askedBy(expr);
    const had = new Set(selectors.flatMap(({ metric }) => labelsOf(metric ?? FABRIC_METRIC) ?? []));
    // Of the two columns of an id; a fabric whose rows are switches has no port.
    const optional = ["port", "deno"];
    assertEquals(labels.filter((label) => !had.has(label) && !optional.includes(label)), [], where);
  }
});

Deno.test("everything metrics_server tells is on the dashboard or in an alert, but for what is named", () => {
  const asked = new Set(
    QUERIES.flatMap(({ expr }) =>
      askedBy(expr).selectors.flatMap(({ metric, matchers }) =>
        metric ?? matchers[0].value.split("|")
      )
    ),
  );
  const families = [...served.keys()]
    .filter((name) => name.startsWith("fabric_telemetry_"))
    .filter((name) => !/_(bucket|sum|count)$/.test(name) || name.endsWith("_bucket"));
  assertEquals(families.filter((name) => !asked.has(name)), [
    // Its age is shown, and told whether it would be served.
    "fabric_telemetry_data_timestamp_seconds",
  ]);
});
