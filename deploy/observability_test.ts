/** What Prometheus and Grafana are given, checked against docker-compose.yml and each other. */
import { assert, assertEquals, assertLess, assertMatch, assertThrows } from "@std/assert";
import { METRICS_SERVER_SPEC } from "../metrics_server/mod.ts";
import {
  DASHBOARD_PATH,
  dashboardQueries,
  prometheusConfig,
  type Rule,
  rules,
} from "./observability.ts";
import { PROJECT, readProject, readText } from "./project.ts";
import { parseYaml } from "./yaml.ts";

const { compose, dockerfiles } = readProject();
const config = prometheusConfig();
const alerts = rules().filter(({ alert }) => alert !== undefined);

/** What a container sees at a path, of what is mounted into it: a path of the project. */
function mountedAt(service: string, path: string): string {
  for (const mount of compose[service].volumes ?? []) {
    const [from, to] = mount.split(":");
    if (path === to || path.startsWith(`${to}/`)) return from.slice(2) + path.slice(to.length);
  }
  throw new Error(`${service}: nothing is mounted at ${path}`);
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

Deno.test("profile observability has Prometheus and Grafana, each an image of one version", () => {
  const members = Object.entries(compose).filter(([, { profiles }]) =>
    profiles?.includes("observability")
  );
  assertEquals(members.map(([name]) => name), ["prometheus", "grafana"]);
  for (const [name, { image, build }] of members) {
    assertMatch(image ?? "", /^[a-z]+\/[a-z]+:v?\d+\.\d+\.\d+$/, name);
    assertEquals(build, undefined);
  }
});

Deno.test("every file and folder that compose mounts is there, read-only, and files that name others", () => {
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

Deno.test("what Prometheus and Grafana write outlives the container, and has a bound", () => {
  assertEquals(flag("prometheus", "storage.tsdb.path"), "/prometheus");
  assert(compose.prometheus.volumes!.includes("prometheus-data:/prometheus"));
  assertMatch(flag("prometheus", "storage.tsdb.retention.size"), /^\d+GB$/);
  // Where Grafana keeps its database unless told otherwise.
  assert(compose.grafana.volumes!.includes("grafana-data:/var/lib/grafana"));
});

Deno.test("every scrape target is a service of docker-compose.yml at the port it listens on", () => {
  for (const { job_name, static_configs } of config.scrape_configs) {
    for (const target of static_configs.flatMap(({ targets }) => targets)) {
      const [service, port] = target.split(":");
      assertEquals(dockerfiles[service]?.env.PORT, port, `${job_name}: ${target}`);
    }
  }
});

Deno.test("every scrape has a bound on samples, above what the service sends at most", () => {
  for (const { job_name, sample_limit } of config.scrape_configs) {
    assert(sample_limit! > 0, job_name);
  }
  const fabric = config.scrape_configs.find(({ job_name }) => job_name === "fabric")!;
  assertLess(
    Number(METRICS_SERVER_SPEC.METRICS_FABRIC_SERIES_MAX.facts.default),
    fabric.sample_limit!,
  );
});

Deno.test("compose turns on /metrics/fabric, which the job fabric scrapes, unless told not to", () => {
  assertEquals(compose["metrics-server"].environment?.METRICS_FABRIC, "on");
  const told = readProject({ METRICS_FABRIC: "off" }).compose["metrics-server"];
  assertEquals(told.environment?.METRICS_FABRIC, "off");
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

Deno.test("Grafana looks for dashboards where they are mounted", () => {
  const { providers: [provider] } = parseYaml<{ providers: { options: { path: string } }[] }>(
    readText(mountedAt("grafana", "/etc/grafana/provisioning/dashboards/fabric_telemetry.yml")),
  );
  const folder = mountedAt("grafana", provider.options.path);
  assert(DASHBOARD_PATH.startsWith(`${folder}/`));
});

Deno.test("nobody can log in to Grafana, and whoever looks may only look", () => {
  const { environment } = compose.grafana;
  assertEquals(environment?.GF_AUTH_ANONYMOUS_ENABLED, "true");
  assertEquals(environment?.GF_AUTH_ANONYMOUS_ORG_ROLE, "Viewer");
  assertEquals(environment?.GF_AUTH_DISABLE_LOGIN_FORM, "true");
  assertEquals(environment?.GF_AUTH_BASIC_ENABLED, "false");
});

/** Unit tests of the alerts, for promtool. */
const UNIT_TESTS = ["alerts_data_test.yml", "alerts_service_test.yml"].flatMap((name) =>
  parseYaml<
    { tests: { promql_expr_test: { exp_samples: { labels: string }[] }[] }[] }
  >(readText(`deploy/prometheus/${name}`)).tests
);

/** Alert → the labels it has where a unit test sees it fire. */
const FIRED = new Map(
  UNIT_TESTS.flatMap(({ promql_expr_test }) =>
    promql_expr_test.flatMap(({ exp_samples }) =>
      exp_samples.map(({ labels }) => {
        const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) =>
          [name, value] as const
        );
        return [new Map(pairs).get("alertname")!, new Map(pairs)] as const;
      })
    )
  ),
);

Deno.test("every alert has a unit test that sees it fire, and that sees nothing fire before or after", () => {
  assertEquals([...FIRED.keys()].sort(), alerts.map(({ alert }) => alert!).sort());
  for (const { promql_expr_test } of UNIT_TESTS) {
    assert(promql_expr_test.some(({ exp_samples }) => exp_samples.length === 0));
  }
});

Deno.test("every alert says how bad it is, what has happened and what to do, by labels that it has", () => {
  for (const { alert, labels, annotations } of alerts as Required<Rule>[]) {
    assertMatch(labels.severity, /^(critical|warning)$/, alert);
    assertEquals(FIRED.get(alert)!.get("severity"), labels.severity, alert);
    assertEquals(Object.keys(annotations), ["summary", "description"], alert);
    const named = Object.values(annotations).join(" ").matchAll(/\$labels\.(\w+)/g);
    for (const [, label] of named) assert(FIRED.get(alert)!.has(label), `${alert}: ${label}`);
  }
});

Deno.test("the memory alert fires before the container's limit ends the process", () => {
  const { expr } = alerts.find(({ alert }) => alert === "FabricMemoryHigh")!;
  const alert_bytes = Number(/> (\S+)$/.exec(expr.trim())![1]);
  const limit_mb = Number(/^(\d+)m$/.exec(compose["metrics-server"].mem_limit!)![1]);
  assertLess(alert_bytes, limit_mb * 2 ** 20 * 0.9);
});

Deno.test("dashboardQueries fills in the variables, and refuses one that is not there", () => {
  assert(dashboardQueries("1m", "fabric_x").every(({ expr }) => !expr.includes("$")));
  assertThrows(
    () => dashboardQueries(undefined as unknown as string, "fabric_x"),
    Error,
    "no variable $__rate_interval",
  );
});

Deno.test("deploy/README.md lists every alert with its severity", () => {
  const table = readText("deploy/README.md").matchAll(/^\| `(Fabric\w+)`\s+\| (\w+)\s+\|/gm);
  const listed = [...table].map(([, alert, severity]) => `${alert} ${severity}`);
  const there = alerts.map(({ alert, labels }) => `${alert} ${labels!.severity}`);
  assertEquals(listed.sort(), there.sort());
});
