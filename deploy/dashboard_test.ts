/** The dashboard: what Grafana would not complain of, but whoever looks at it would. */
import { assert, assertEquals } from "@std/assert";
import { dashboard, type Panel } from "./observability.ts";
import { readText } from "./project.ts";
import { parseYaml } from "./yaml.ts";

const { panels, templating } = dashboard();
const charts = panels.filter(({ type }) => type !== "row");

/** Columns of Grafana's grid. */
const GRID_COLUMNS = 24;

function overlap(a: Panel["gridPos"], b: Panel["gridPos"]): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

Deno.test("panels have ids and titles of their own, lie in the grid and never on each other", () => {
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

Deno.test("every chart asks the chosen data source, has a unit, and queries named apart", () => {
  for (const { title, datasource, fieldConfig, targets = [] } of charts) {
    assertEquals(datasource, { type: "prometheus", uid: "${datasource}" }, title);
    assert(fieldConfig?.defaults.unit !== undefined, title);
    assert(targets.length > 0, title);
    assertEquals(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
  }
});

Deno.test("every label that a legend shows is one that the query's result keeps", () => {
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

Deno.test("the data source chosen at first is the one that is provisioned", () => {
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
