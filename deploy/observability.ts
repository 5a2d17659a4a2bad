/** The files Prometheus and Grafana read, as far as they are checked here. */
import { readText } from "./project.ts";
import { parseYaml } from "./yaml.ts";

/** A rule: an alert, or a recorded query. */
export interface Rule {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A job of the scrape configuration. */
export interface ScrapeJob {
  job_name: string;
  metrics_path?: string;
  scrape_interval?: string;
  sample_limit?: number;
  static_configs: { targets: string[] }[];
}

/** `deploy/prometheus/prometheus.yml`. */
export interface PrometheusConfig {
  global: { scrape_interval: string; scrape_timeout: string; evaluation_interval: string };
  rule_files: string[];
  scrape_configs: ScrapeJob[];
}

/** A panel, or a row between panels. */
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
export interface Dashboard {
  uid: string;
  panels: Panel[];
  templating: { list: { name: string; type: string; definition?: string; current?: unknown }[] };
  annotations: { list: { expr: string }[] };
}

/** Where the dashboard is. */
export const DASHBOARD_PATH = "deploy/grafana/dashboards/fabric_telemetry.json";

/** The scrape configuration. */
export function prometheusConfig(): PrometheusConfig {
  return parseYaml(readText("deploy/prometheus/prometheus.yml"));
}

/** All rules, of all groups. */
export function rules(): Rule[] {
  const { groups } = parseYaml<{ groups: { rules: Rule[] }[] }>(
    readText("deploy/prometheus/alerts.yml"),
  );
  return groups.flatMap((group) => group.rules);
}

/** The dashboard. */
export function dashboard(): Dashboard {
  return JSON.parse(readText(DASHBOARD_PATH));
}

/** A query and where it stands. */
export interface Query {
  readonly where: string;
  readonly expr: string;
}

/**
 * Every query of the dashboard as Grafana would send it: every instance and source, `window` for the
 * range of rates, `metric` for the column of the fabric. Throws on a variable that is none of these.
 */
export function dashboardQueries(window: string, metric: string): Query[] {
  const { panels, annotations } = dashboard();
  const values: Record<string, string> = {
    __rate_interval: window,
    instance: ".*",
    source: ".*",
    metric,
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

/** Every query of the rules. */
export function ruleQueries(): Query[] {
  return rules().map(({ alert, record, expr }) => ({ where: alert ?? record!, expr }));
}
