/** Prometheus' configuration and rules, Grafana's dashboard, and what their queries select. */
import { parseYaml, PROJECT, readText } from "./project.ts";

export interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

interface ScrapeJob {
  job_name: string;
  metrics_path?: string;
  scrape_interval?: string;
  scrape_timeout?: string;
  sample_limit?: number;
  static_configs: { targets: string[] }[];
  dns_sd_configs?: { names: string[]; type: string; port: number }[];
}

/** `deploy/prometheus/prometheus.yml`. */
export interface PrometheusConfig {
  global: { scrape_interval: string; scrape_timeout: string; evaluation_interval: string };
  rule_files: string[];
  scrape_configs: ScrapeJob[];
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { type: string; uid: string };
  fieldConfig?: { defaults: { unit?: string } };
  targets?: { refId: string; expr: string; legendFormat?: string }[];
}

/** `deploy/grafana/dashboards/fabric_telemetry.json`. */
interface Dashboard {
  uid: string;
  panels: Panel[];
  templating: { list: { name: string; type: string; definition?: string; current?: unknown }[] };
  annotations: { list: { expr: string }[] };
}

export const DASHBOARD_PATH = "deploy/grafana/dashboards/fabric_telemetry.json";

export function prometheusConfig(): PrometheusConfig {
  return parseYaml(readText("deploy/prometheus/prometheus.yml"));
}

/** The recorded series and the alerts. */
export function rules(): Rule[] {
  return prometheusConfig().rule_files.flatMap((file) => {
    const { groups } = parseYaml<{ groups: { rules: Rule[] }[] }>(
      readText(`deploy/prometheus/${file}`),
    );
    return groups.flatMap((group) => group.rules);
  });
}

/** Names of the alerts' unit tests, for promtool. */
export function alertTests(): string[] {
  return [...Deno.readDirSync(new URL("deploy/prometheus/", PROJECT))]
    .map(({ name }) => name).filter((name) => name.endsWith("_test.yml")).sort();
}

export function dashboard(): Dashboard {
  return JSON.parse(readText(DASHBOARD_PATH));
}

interface Query {
  readonly where: string;
  readonly expr: string;
}

/** Names of `/metrics/fabric` for the dashboard's variables. */
interface FabricNames {
  readonly metric: string;
  readonly counter: string;
}

/** Every query of the dashboard as Grafana would send it; throws for an unknown variable. */
export function dashboardQueries(window: string, { metric, counter }: FabricNames): Query[] {
  const { panels, annotations } = dashboard();
  const values: Record<string, string> = {
    __rate_interval: window,
    instance: ".*",
    source: ".*",
    switch: ".*",
    port: ".*",
    metric,
    counter,
  };
  const filled = (where: string, expr: string): Query => ({
    where,
    expr: expr.replaceAll(/\$(\w+)/g, (whole, name) => {
      if (values[name] === undefined) throw new Error(`${where}: no variable ${whole}`);
      return values[name];
    }),
  });
  return [
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ refId, expr }) => filled(`panel ${title}, ${refId}`, expr))
    ),
    ...annotations.list.map(({ expr }) => filled("annotations", expr)),
  ];
}

export function ruleQueries(): Query[] {
  return rules().map(({ alert, record, expr }) => ({ where: alert ?? record!, expr }));
}

/** In a constant, as in `project.ts`. */
const PROMQL_PACKAGE: string = "npm:@prometheus-io/lezer-promql@0.315.0";

interface SyntaxNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly type: { readonly isError: boolean };
  getChild(name: string): SyntaxNode | null;
  getChildren(name: string): SyntaxNode[];
}

const { parser }: {
  parser: {
    parse(text: string): { iterate(spec: { enter(at: { node: SyntaxNode }): void }): void };
  };
} = await import(PROMQL_PACKAGE);

/** A matcher of a label: `code=~"5.."` is `{ label: "code", op: "=~", value: "5.." }`. */
export interface Matcher {
  readonly label: string;
  readonly op: string;
  readonly value: string;
}

/** A selector of series; `metric` is null if `__name__` is matched instead. */
interface Selector {
  readonly metric: string | null;
  readonly matchers: readonly Matcher[];
}

/** What an expression selects. */
interface Selections {
  readonly selectors: readonly Selector[];
  /** Labels in `by`, `without`, `on`, `ignoring` and `group_left`. */
  readonly labels: readonly string[];
}

/** The selectors and grouping labels of an expression. Throws unless it is PromQL. */
export function selectionsOf(expression: string): Selections {
  const selectors: Selector[] = [];
  const labels: string[] = [];
  const textOf = (node: SyntaxNode | null) => node && expression.slice(node.from, node.to);
  parser.parse(expression).iterate({
    enter({ node }) {
      if (node.type.isError) {
        throw new Error(`${expression}: not PromQL at character ${node.from + 1}`);
      }
      if (node.name === "GroupingLabels") {
        labels.push(...node.getChildren("LabelName").map((label) => textOf(label)!));
      }
      if (node.name !== "VectorSelector") return;
      const matchers = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
      selectors.push({
        metric: textOf(node.getChild("Identifier")),
        matchers: matchers.map((matcher) => ({
          label: textOf(matcher.getChild("LabelName"))!,
          op: textOf(matcher.getChild("MatchOp"))!,
          value: JSON.parse(textOf(matcher.getChild("StringLiteral"))!),
        })),
      });
    },
  });
  return { selectors, labels };
}
