/** The dashboard against Grafana's published types. Needs npm or its cache; ignored without. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { DASHBOARD_PATH } from "./testing/observability.ts";
import { readText } from "./testing/project.ts";
import {
  canReach,
  GRAFANA_PACKAGES,
  GRAFANA_TYPES,
  type Typed,
  typeProblems,
} from "./testing/schema.ts";

const HAS_TYPES = await canReach(GRAFANA_PACKAGES);

const dashboardText = readText(DASHBOARD_PATH);

function dashboardOf(text: string): Typed {
  return { name: "the dashboard", type: "Dashboard", value: JSON.parse(text) };
}

/** A change, and words of the problem it causes. */
const BREAKS: readonly (readonly [from: string, to: string, problem: string])[] = [
  ['"schemaVersion": 39', '"schemaVersion": "39"', "'string' is not assignable to type 'number'"],
  ['"expr"', '"exprs"', `'"exprs"' does not exist`],
  ['"format": "heatmap"', '"format": "heat"', `'"heat"' is not assignable`],
  ['"colorMode": "background"', '"colorMode": "back"', `'"back"' is not assignable`],
  ['"showPoints": "never"', '"showPoints": "no"', `'"no"' is not assignable`],
  ['"placement": "bottom"', '"placement": "below"', `'"below"' is not assignable`],
];

Deno.test({
  name: "the dashboard has the types of Grafana (from npm)",
  ignore: !HAS_TYPES,
  async fn() {
    assertEquals(await typeProblems(GRAFANA_TYPES, [dashboardOf(dashboardText)]), "");
  },
});

Deno.test({
  name: "the check finds misspelt keys and wrong types at any depth (from npm)",
  ignore: !HAS_TYPES,
  async fn() {
    const broken = BREAKS.reduce((text, [from, to]) => {
      assertStringIncludes(text, from);
      return text.replace(from, to);
    }, dashboardText);
    const problems = await typeProblems(GRAFANA_TYPES, [dashboardOf(broken)]);
    for (const [, , problem] of BREAKS) assertStringIncludes(problems, problem);
  },
});
