/** The files for Prometheus and Grafana, checked against docker-compose.yml and each other. */
import { assert, assertEquals, assertLess, assertMatch, assertThrows } from "@std/assert";
import { METRICS_SERVER_SPEC } from "../metrics_server/mod.ts";
import {
  alertTests,
  dashboard,
  DASHBOARD_PATH,
  dashboardQueries,
  type Panel,
  prometheusConfig,
  type Rule,
  rules,
  selectionsOf,
} from "./testing/observability.ts";
import { parseYaml, PROJECT, readProject, readText } from "./testing/project.ts";

const { compose, dockerfiles } = readProject();
const config = prometheusConfig();
const alerts = rules().filter(({ alert }) => alert !== undefined);

/** The path in the project of a file that is mounted into a container. */
function mountedAt(service: string, path: string): string {
  for (const mount of compose[service].volumes ?? []) {
    const [from, to] = mount.split(":");
    if (path === to || path.startsWith(`${to}/`)) return from.slice(2) + path.slice(to.length);
  }
  throw new Error(`${service}: no volume is mounted at ${path}`);
}

/** Value of `--flag=value` in the command. */
function flag(service: string, name: string): string {
  const word = compose[service].command!.find((word) => word.startsWith(`--${name}=`));
  assert(word !== undefined, `${service}: no --${name}`);
  return word.slice(name.length + 3);
}

function isFile(path: string): boolean {
  return Deno.statSync(new URL(path, PROJECT)).isFile;
}

Deno.test("profile observability has Prometheus and Grafana, each pinned to a version", () => {
  const members = Object.entries(compose).filter(([, { profiles }]) =>
    profiles?.includes("observability")
  );
  assertEquals(members.map(([name]) => name), ["prometheus", "grafana"]);
  for (const [name, { image, build }] of members) {
    assertMatch(image ?? "", /^[a-z]+\/[a-z]+:v?\d+\.\d+\.\d+$/, name);
    assertEquals(build, undefined);
  }
});

Deno.test("every file and folder that Compose mounts exists, read-only, as do the files they name", () => {
  for (const [service, { volumes = [] }] of Object.entries(compose)) {
    for (const mount of volumes.filter((mount) => mount.startsWith("./"))) {
      const [from, , mode] = mount.split(":");
      assertEquals(mode, "ro", `${service}: ${mount}`);
      Deno.statSync(new URL(from, PROJECT));
    }
  }
  const config_file = flag("prometheus", "config.file");
  assertEquals(mountedAt("prometheus", config_file), "deploy/prometheus/prometheus.yml");
  const folder = config_file.slice(0, config_file.lastIndexOf("/"));
  for (const file of config.rule_files) {
    assert(isFile(mountedAt("prometheus", `${folder}/${file}`)));
  }
  const home = compose.grafana.environment!.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH;
  assertEquals(mountedAt("grafana", home), DASHBOARD_PATH);
});

Deno.test("the data of Prometheus and Grafana outlives the container, within a bound", () => {
  assertEquals(flag("prometheus", "storage.tsdb.path"), "/prometheus");
  assert(compose.prometheus.volumes!.includes("prometheus-data:/prometheus"));
  assertMatch(flag("prometheus", "storage.tsdb.retention.size"), /^\d+GB$/);
  // Grafana's database is there by default.
  assert(compose.grafana.volumes!.includes("grafana-data:/var/lib/grafana"));
});

Deno.test("every scrape target is a service of docker-compose.yml at the port it listens on", () => {
  for (const { job_name, static_configs, dns_sd_configs = [] } of config.scrape_configs) {
    for (const target of static_configs.flatMap(({ targets }) => targets)) {
      const [service, port] = target.split(":");
      assertEquals(dockerfiles[service]?.env.PORT, port, `${job_name}: ${target}`);
    }
    for (const { names, port } of dns_sd_configs) {
      for (const name of names) assertEquals(compose[name].environment?.PORT, `${port}`, name);
    }
  }
});

Deno.test("every scrape limits its samples, above the most the service sends", () => {
  for (const { job_name, sample_limit } of config.scrape_configs) {
    assert(sample_limit! > 0, job_name);
  }
  const fabric = config.scrape_configs.find(({ job_name }) => job_name === "fabric")!;
  assertLess(
    Number(METRICS_SERVER_SPEC.METRICS_FABRIC_SERIES_MAX.facts.default),
    fabric.sample_limit!,
  );
});

Deno.test("Compose turns on /metrics/fabric, which the job fabric scrapes, by default", () => {
  assertEquals(compose["metrics-server"].environment?.METRICS_FABRIC, "on");
  const off = readProject({ METRICS_FABRIC: "off" }).compose["metrics-server"];
  assertEquals(off.environment?.METRICS_FABRIC, "off");
});

Deno.test("Prometheus and Grafana are checked for health at the port they are published on", () => {
  for (const service of ["prometheus", "grafana"]) {
    const { ports, healthcheck } = compose[service];
    const [, published, inside] = ports![0].split(":");
    assertEquals(published, inside);
    assertMatch(healthcheck!.test.at(-1)!, new RegExp(`^http://127\\.0\\.0\\.1:${inside}/`));
  }
});

Deno.test("Grafana's data source is the Prometheus of docker-compose.yml, at its interval", () => {
  const { datasources: [source, ...others] } = parseYaml<
    { datasources: { uid: string; url: string; jsonData: { timeInterval: string } }[] }
  >(readText(mountedAt("grafana", "/etc/grafana/provisioning/datasources/prometheus.yml")));
  assertEquals(others, []);
  const [, port] = compose.prometheus.ports![0].split(":");
  assertEquals(source.url, `http://prometheus:${port}`);
  assertEquals(source.jsonData.timeInterval, config.global.scrape_interval);
});

Deno.test("Grafana reads dashboards from the mounted folder", () => {
  const { providers: [provider] } = parseYaml<{ providers: { options: { path: string } }[] }>(
    readText(mountedAt("grafana", "/etc/grafana/provisioning/dashboards/fabric_telemetry.yml")),
  );
  const folder = mountedAt("grafana", provider.options.path);
  assert(DASHBOARD_PATH.startsWith(`${folder}/`));
});

Deno.test("Grafana has no login and visitors are viewers", () => {
  const { environment } = compose.grafana;
  assertEquals(environment?.GF_AUTH_ANONYMOUS_ENABLED, "true");
  assertEquals(environment?.GF_AUTH_ANONYMOUS_ORG_ROLE, "Viewer");
  assertEquals(environment?.GF_AUTH_DISABLE_LOGIN_FORM, "true");
  assertEquals(environment?.GF_AUTH_BASIC_ENABLED, "false");
});

const UNIT_TESTS = alertTests().flatMap((name) =>
  parseYaml<
    { tests: { promql_expr_test: { exp_samples: { labels: string }[] }[] }[] }
  >(readText(`deploy/prometheus/${name}`)).tests
);

/** Alert → its labels in the unit test that sees it fire. */
const FIRED = new Map(
  UNIT_TESTS.flatMap(({ promql_expr_test }) =>
    promql_expr_test.flatMap(({ exp_samples }) =>
      exp_samples.filter(({ labels }) => labels.startsWith("ALERTS")).map(({ labels }) => {
        const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) =>
          [name, value] as const
        );
        return [new Map(pairs).get("alertname")!, new Map(pairs)] as const;
      })
    )
  ),
);

Deno.test("every alert has a unit test that sees it fire, and sees no alert before or after", () => {
  assertEquals([...FIRED.keys()].sort(), alerts.map(({ alert }) => alert!).sort());
  for (const { promql_expr_test } of UNIT_TESTS) {
    assert(promql_expr_test.some(({ exp_samples }) => exp_samples.length === 0));
  }
});

Deno.test("every alert has a severity and annotations, and uses only labels it has", () => {
  for (const { alert, labels, annotations } of alerts as Required<Rule>[]) {
    assertMatch(labels.severity, /^(critical|warning)$/, alert);
    assertEquals(FIRED.get(alert)!.get("severity"), labels.severity, alert);
    assertEquals(Object.keys(annotations), ["summary", "description", "runbook_url"], alert);
    const named = Object.values(annotations).join(" ").matchAll(/\$labels\.(\w+)/g);
    for (const [, label] of named) assert(FIRED.get(alert)!.has(label), `${alert}: ${label}`);
  }
});

Deno.test("the memory alert fires before the container's limit ends the process", () => {
  const { expr } = alerts.find(({ alert }) => alert === "FabricMemoryHigh")!;
  const alert_bytes = Number(/> (\S+)$/m.exec(expr)![1]);
  const limit_mb = Number(/^(\d+)m$/.exec(compose["metrics-server"].mem_limit!)![1]);
  assertLess(alert_bytes, limit_mb * 2 ** 20 * 0.9);
});

Deno.test("dashboardQueries fills in the variables and refuses an unknown one", () => {
  const names = { metric: "fabric_x", counter: "fabric_y_total" };
  assert(dashboardQueries("1m", names).every(({ expr }) => !expr.includes("$")));
  assertThrows(
    () => dashboardQueries(undefined as unknown as string, names),
    Error,
    "no variable $__rate_interval",
  );
});

Deno.test("docs/operations.md has a section for each alert, with its severity, at its runbook_url", () => {
  const sections = readText("docs/operations.md").matchAll(/^### (Fabric\w+)\n(\w+): /gm);
  const documented = [...sections].map(([, alert, severity]) =>
    `${severity} docs/operations.md#${alert.toLowerCase()}`
  );
  const there = (alerts as Required<Rule>[]).map(({ labels, annotations }) =>
    `${labels.severity} ${annotations.runbook_url}`
  );
  assertEquals(documented.sort(), there.sort());
  for (const { alert, annotations } of alerts as Required<Rule>[]) {
    assert(annotations.runbook_url.endsWith(`#${alert.toLowerCase()}`), alert);
  }
});

Deno.test("no rule requires a job's name, so that annotation discovery works", () => {
  for (const { alert, record, expr } of rules()) {
    const named = selectionsOf(expr).selectors.some(({ matchers }) =>
      matchers.some(({ label }) => label === "job")
    );
    // Beside a series that the service itself has.
    if (named) assertMatch(expr, /up\{job="\w+"\}\s+or \w+/, alert ?? record);
  }
});

const { panels, templating } = dashboard();
const charts = panels.filter(({ type }) => type !== "row");

/** Columns of Grafana's grid. */
const GRID_COLUMNS = 24;

function overlap(a: Panel["gridPos"], b: Panel["gridPos"]): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

Deno.test("panels have unique ids and titles, lie in the grid and never overlap", () => {
  assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length);
  assertEquals(new Set(panels.map(({ title }) => title)).size, panels.length);
  for (const [index, { title, gridPos }] of panels.entries()) {
    assert(gridPos.x >= 0 && gridPos.x + gridPos.w <= GRID_COLUMNS && gridPos.h > 0, title);
    for (const other of panels.slice(0, index)) {
      assert(!overlap(gridPos, other.gridPos), `${title} lies on ${other.title}`);
    }
  }
});

Deno.test("no line of the grid has a hole", () => {
  const lines = new Map<number, number>();
  for (const { gridPos } of panels) lines.set(gridPos.y, (lines.get(gridPos.y) ?? 0) + gridPos.w);
  for (const [y, columns] of lines) assertEquals(columns, GRID_COLUMNS, `line ${y}`);
});

Deno.test("every chart queries the chosen data source, has a unit, and names its queries apart", () => {
  for (const { title, datasource, fieldConfig, targets = [] } of charts) {
    assertEquals(datasource, { type: "prometheus", uid: "${datasource}" }, title);
    assert(fieldConfig?.defaults.unit !== undefined, title);
    assert(targets.length > 0, title);
    assertEquals(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
  }
});

Deno.test("every label in a legend is kept by the query's result", () => {
  for (const { title, targets = [] } of charts) {
    for (const { expr, legendFormat = "" } of targets) {
      const kept = /^(?:sum|max|topk\(10, max|histogram_quantile\([\d.]+, sum) by \(([^)]*)\)/
        .exec(expr)?.[1].split(", ");
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        assert(kept === undefined || kept.includes(label), `${title}: ${label}`);
      }
    }
  }
});

Deno.test("the data source chosen first is the provisioned one", () => {
  const { datasources: [{ uid, name }] } = parseYaml<
    { datasources: { uid: string; name: string }[] }
  >(readText("deploy/grafana/provisioning/datasources/prometheus.yml"));
  const variable = templating.list.find(({ type }) => type === "datasource")!;
  assertEquals(variable.current, { text: name, value: uid });
});

Deno.test("every variable is used", () => {
  const text = readText("deploy/grafana/dashboards/fabric_telemetry.json");
  for (const { name } of templating.list) assert(new RegExp(`\\$\\{?${name}\\b`).test(text), name);
});

Deno.test("selectionsOf returns every selector with its matchers, and the labels of groupings", () => {
  const found = selectionsOf(
    'sum by (job, le) (rate(a_bucket{code=~"5..",le="1"}[5m])) / on (job) group_left (deno) {__name__="b"} > up',
  );
  assertEquals(found.selectors, [
    {
      metric: "a_bucket",
      matchers: [{ label: "code", op: "=~", value: "5.." }, { label: "le", op: "=", value: "1" }],
    },
    { metric: null, matchers: [{ label: "__name__", op: "=", value: "b" }] },
    { metric: "up", matchers: [] },
  ]);
  assertEquals(found.labels, ["job", "le", "job", "deno"]);
});

for (const expression of ["sum(a[", "a{b}", "rate(a[$__rate_interval])", "sum by job (a)"]) {
  Deno.test(`selectionsOf refuses ${expression}`, () => {
    assertThrows(() => selectionsOf(expression), Error, `${expression}: not PromQL at character`);
  });
}
