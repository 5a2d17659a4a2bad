/** The resources for the Prometheus Operator, against the overlays and Prometheus' own files. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { buildOverlay, kustomize, type Resource, resourcesOf } from "./testing/kubernetes.ts";
import { canReach, OPERATOR_PACKAGES, OPERATOR_TYPES, typeProblems } from "./testing/schema.ts";
import { parseYamlDocuments, readText } from "./testing/project.ts";
import { prometheusConfig, type Rule, rules } from "./testing/observability.ts";

interface Endpoint {
  readonly port: string;
  readonly path: string;
  readonly interval: string;
  readonly scrapeTimeout?: string;
  readonly relabelings: { targetLabel: string; replacement: string }[];
}

interface Monitor {
  readonly selector: { matchLabels: Record<string, string> };
  readonly sampleLimit: number;
  readonly endpoints: Endpoint[];
}

interface ServiceSpec {
  readonly ports: { name: string }[];
}

const KUSTOMIZE = await kustomize();

async function built<Spec>(overlay: string, kind: string): Promise<Resource<Spec>[]> {
  const resources = resourcesOf(await buildOverlay(KUSTOMIZE!, overlay));
  return resources.filter((resource) => resource.kind === kind) as unknown as Resource<Spec>[];
}

function operatorTest(promise: string, fn: () => Promise<void>): void {
  Deno.test({ name: `${promise} (needs kubectl or Go)`, ignore: KUSTOMIZE === null, fn });
}

operatorTest(
  "each ServiceMonitor selects a Service of the overlays, by a port it has",
  async () => {
    const services = await built<ServiceSpec>("single", "Service");
    for (
      const { metadata, spec } of await built<Monitor>("prometheus_operator", "ServiceMonitor")
    ) {
      const [[label, value], ...others] = Object.entries(spec.selector.matchLabels);
      assertEquals(others, []);
      const chosen = services.filter(({ metadata }) => metadata.labels?.[label] === value);
      assert(chosen.length > 0, metadata.name);
      for (const { port } of spec.endpoints) {
        for (const service of chosen) assert(service.spec.ports.some(({ name }) => name === port));
      }
    }
  },
);

operatorTest(
  "each endpoint is a job of prometheus.yml, and no two of a pod are one job",
  async () => {
    const monitors = await built<Monitor>("prometheus_operator", "ServiceMonitor");
    const endpoints = monitors.flatMap(({ spec }) =>
      spec.endpoints.map(({ path, relabelings: [{ targetLabel, replacement }] }) => {
        assertEquals(targetLabel, "job");
        return `${replacement} ${path} ${spec.sampleLimit}`;
      })
    );
    const jobs = prometheusConfig().scrape_configs.map(({ job_name, metrics_path = "/metrics" }) =>
      `${job_name} ${metrics_path}`
    );
    assertEquals(endpoints.map((one) => one.replace(/ \d+$/, "")).sort(), jobs.sort());
  },
);

operatorTest("the PrometheusRule has the groups of records.yml and alerts.yml", async () => {
  const [rule] = await built<{ groups: { rules: Rule[] }[] }>(
    "prometheus_operator",
    "PrometheusRule",
  );
  assertEquals(rule.spec.groups.flatMap((group) => group.rules), rules());
});

/** Files, and in each a change that the check must find. */
const FILES = [
  ["monitors.yml", "scrapeTimeout:", "scrapeTimeouts:"],
  ["prometheus_rule.yml", "annotations:", "annotation:"],
] as const;

const HAS_TYPES = await canReach(OPERATOR_PACKAGES);

for (const [file, from, to] of FILES) {
  const problemsIn = (text: string) =>
    typeProblems(
      OPERATOR_TYPES,
      parseYamlDocuments<Resource>(text).map((value) => ({ name: file, type: value.kind, value })),
    );
  Deno.test({
    name: `${file} has the Operator's types, and the check finds ${to} (from npm)`,
    ignore: !HAS_TYPES,
    async fn() {
      const text = readText(`deploy/kubernetes/prometheus_operator/${file}`);
      assertEquals(await problemsIn(text), "");
      assertStringIncludes(await problemsIn(text.replaceAll(from, to)), to.slice(0, -1));
    },
  });
}
