/**
 * The dashboard and the manifests against published types. Needs npm or its cache; ignored without.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { DASHBOARD_PATH } from "./testing/observability.ts";
import { parseYamlDocuments, readText } from "./testing/project.ts";
import {
  canReach,
  GRAFANA_PACKAGES,
  GRAFANA_TYPES,
  KUBERNETES_PACKAGES,
  KUBERNETES_TYPES,
  type Typed,
  typeProblems,
} from "./testing/schema.ts";

const HAS_TYPES = await canReach([...GRAFANA_PACKAGES, ...KUBERNETES_PACKAGES]);

const dashboardText = readText(DASHBOARD_PATH);

function dashboardOf(text: string, name = "the dashboard"): Typed {
  return { name, type: "Dashboard", value: JSON.parse(text) };
}

function resourcesOf(text: string, name: string): Typed[] {
  return parseYamlDocuments(text).map((value) => ({ name, type: "Resource", value }));
}

const manifests = ["data_server", "metrics_server"].map((name) => ({
  name,
  text: readText(`deploy/kubernetes/${name}.yml`),
}));

/** A change, and words of the problem it causes. */
type Break = readonly [from: string, to: string, problem: string];

const DASHBOARD_BREAKS: readonly Break[] = [
  ['"schemaVersion": 39', '"schemaVersion": "39"', "'string' is not assignable to type 'number'"],
  ['"expr"', '"exprs"', `'"exprs"' does not exist`],
  ['"format": "heatmap"', '"format": "heat"', `'"heat"' is not assignable`],
  ['"colorMode": "background"', '"colorMode": "back"', `'"back"' is not assignable`],
  ['"showPoints": "never"', '"showPoints": "no"', `'"no"' is not assignable`],
  ['"placement": "bottom"', '"placement": "below"', `'"below"' is not assignable`],
];

const MANIFEST_BREAKS: readonly Break[] = [
  ["containerPort:", "port:", `'"port"' does not exist`],
  ["failureThreshold: 30", "failureThreshold: many", "'string' is not assignable to type 'number'"],
  ["readOnlyRootFilesystem", "readonlyRootFilesystem", `'"readonlyRootFilesystem"' does not exist`],
];

/** The text with each change applied to its first occurrence. */
function broken(text: string, changes: readonly Break[]): string {
  return changes.reduce((changed, [from, to]) => {
    assertStringIncludes(changed, from);
    return changed.replace(from, to);
  }, text);
}

Deno.test({
  name: "dashboard and manifests have the types of Grafana and Kubernetes (from npm)",
  ignore: !HAS_TYPES,
  async fn() {
    const resources = manifests.flatMap(({ name, text }) => resourcesOf(text, name));
    assertEquals(resources.length, 5);
    const values = [dashboardOf(dashboardText), ...resources];
    assertEquals(await typeProblems(GRAFANA_TYPES + KUBERNETES_TYPES, values), "");
  },
});

Deno.test({
  name: "the check finds misspelt keys and wrong types at any depth (from npm)",
  ignore: !HAS_TYPES,
  async fn() {
    const problems = await typeProblems(GRAFANA_TYPES + KUBERNETES_TYPES, [
      dashboardOf(broken(dashboardText, DASHBOARD_BREAKS)),
      ...resourcesOf(broken(manifests[1].text, MANIFEST_BREAKS), "the manifest"),
    ]);
    for (const [, , problem] of [...DASHBOARD_BREAKS, ...MANIFEST_BREAKS]) {
      assertStringIncludes(problems, problem);
    }
  },
});
