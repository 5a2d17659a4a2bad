/**
 * Checks JSON and YAML against published types: written into a TypeScript file as a literal, the
 * type checker names what is missing, unknown or of the wrong type. Only that file imports the
 * types, from npm: an import in the project would download them for every user.
 */
import { runProcess } from "../../tools/processes/mod.ts";

/** Longest wait for the types from npm. */
const REACH_NPM_MS_MAX = 60_000;

export interface Typed {
  readonly name: string;
  readonly type: string;
  readonly value: unknown;
}

/** Whether npm or its cache has the types. */
export async function canReach(packages: readonly string[]): Promise<boolean> {
  return (await deno(["cache", "--no-lock", "--quiet", "--no-config", ...packages])).success;
}

/** The type checker's problems; empty if there are none. `prelude` imports the types. */
export async function typeProblems(prelude: string, values: readonly Typed[]): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "schema-" });
  try {
    const file = `${folder}/checked.ts`;
    const literals = values.map(({ name, type, value }, index) =>
      `// ${name}\nexport const value${index}: ${type} = ${JSON.stringify(value, null, 1)};\n`
    );
    await Deno.writeTextFile(file, [prelude, ...literals].join("\n"));
    const { success, text } = await deno(["check", "--no-lock", "--quiet", "--no-config", file]);
    return success ? "" : text;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function deno(args: string[]): Promise<{ success: boolean; text: string }> {
  const { code, stderr } = await runProcess([Deno.execPath(), ...args], {
    env: { NO_COLOR: "1" },
    run_ms_max: REACH_NPM_MS_MAX,
  });
  return { success: code === 0, text: stderr };
}

/**
 * Types of JSON text: enums as their values, no functions. `Loose` makes every field optional, as
 * Grafana does with options that have a default.
 */
const JSON_TYPES = `
type Plain<T> = 0 extends 1 & T ? T
  : T extends string ? \`\${T}\`
  : T extends number | boolean | null | undefined ? T
  : T extends readonly (infer I)[] ? Plain<I>[]
  : { [K in keyof T as T[K] extends (() => void) | undefined ? unknown extends T[K] ? K : never : K]: Plain<T[K]> };
type Loose<T> = T extends readonly (infer I)[] ? Loose<I>[]
  : T extends object ? { [K in keyof T]?: Loose<T[K]> }
  : T;
`;

const GRAFANA = "npm:@grafana/grafana-foundation-sdk@0.0.21";

export const GRAFANA_PACKAGES = [`${GRAFANA}/dashboard`];

/** Grafana's dashboard with the panels used here (Apache-2.0). */
export const GRAFANA_TYPES = `
import type * as dashboard from "${GRAFANA}/dashboard";
import type { Dataquery } from "${GRAFANA}/prometheus";
import type * as heatmap from "${GRAFANA}/heatmap";
import type * as stat from "${GRAFANA}/stat";
import type * as statetimeline from "${GRAFANA}/statetimeline";
import type * as table from "${GRAFANA}/table";
import type * as timeseries from "${GRAFANA}/timeseries";
import type { TableFieldOptions } from "${GRAFANA}/common";
${JSON_TYPES}
type FieldConfig<C> =
  & Omit<Plain<dashboard.FieldConfig>, "custom">
  & { custom?: Loose<Plain<C>> };
type PanelOf<T, O, C> =
  & Omit<Plain<dashboard.Panel>, "type" | "options" | "fieldConfig" | "targets">
  & {
    type: T;
    options: Loose<Plain<O>>;
    fieldConfig: { defaults: FieldConfig<C>; overrides: Plain<dashboard.FieldConfigSource>["overrides"] };
    targets: Plain<Dataquery>[];
  };
type Panel =
  | PanelOf<"heatmap", heatmap.Options, heatmap.FieldConfig>
  | PanelOf<"stat", stat.Options, never>
  | PanelOf<"state-timeline", statetimeline.Options, statetimeline.FieldConfig>
  | PanelOf<"table", table.Options, TableFieldOptions>
  | PanelOf<"timeseries", timeseries.Options, timeseries.FieldConfig>
  | Plain<dashboard.RowPanel> & { type: "row" };
export type Dashboard = Omit<Plain<dashboard.Dashboard>, "panels"> & { panels: Panel[] };
`;

const OPERATOR = "npm:@kubernetes-models/prometheus-operator@6.0.0/monitoring.coreos.com/v1";

export const OPERATOR_PACKAGES = [`${OPERATOR}/ServiceMonitor`, `${OPERATOR}/PrometheusRule`];

/** Resources of the Prometheus Operator, by kind (MIT). */
export const OPERATOR_TYPES = `
import type { IServiceMonitor as ServiceMonitor } from "${OPERATOR}/ServiceMonitor";
import type { IPrometheusRule as PrometheusRule } from "${OPERATOR}/PrometheusRule";
`;
