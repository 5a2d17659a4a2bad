/**
 * `deno task docs`: writes the generated documents, the generated tables of docs/reference.md and
 * `contracts/version.ts`.
 */
import { SPEC as DATA_SPEC } from "../../data_server/mod.ts";
import { documentText, METRICS_SERVER_SPEC, openApiDocument } from "../../metrics_server/mod.ts";
import deno_json from "../../deno.json" with { type: "json" };
import { CLUSTER_SPEC } from "../config.ts";
import {
  envExample,
  envTable,
  type Limit,
  limitsIn,
  limitsTable,
  parametersTable,
  problemsTable,
  routesTable,
} from "./tables.ts";

export const PROJECT = new URL("../../", import.meta.url);

export const PROMETHEUS_RULE = "deploy/kubernetes/prometheus_operator/prometheus_rule.yml";

/** Folders whose limits are listed. */
const LIMIT_FOLDERS = ["contracts", "platform", "data_server", "metrics_server"];

const { DATA_PORT, METRICS_PORT, STATS_PORT, REDIS_PORT, LOG_FORMAT } = CLUSTER_SPEC;

const LAUNCHER_ONLY = { DATA_PORT, METRICS_PORT, STATS_PORT, REDIS_PORT, LOG_FORMAT };

export function envExampleText(): string {
  return envExample([
    { title: "deno task dev", spec: LAUNCHER_ONLY },
    { title: "data_server", spec: DATA_SPEC },
    { title: "metrics_server", spec: METRICS_SERVER_SPEC },
  ]);
}

export function referenceBlocks(): Record<string, string> {
  const document = openApiDocument();
  return {
    "routes": routesTable(document),
    "parameters": parametersTable(document),
    "problems": problemsTable(document),
    "deno task dev": envTable(LAUNCHER_ONLY),
    "data_server": envTable(DATA_SPEC),
    "metrics_server": envTable(METRICS_SERVER_SPEC),
  };
}

export function versionText(): string {
  return `/** Version of the product, from \`deno.json\`: \`deno task docs\` writes this file. */
export const VERSION = "${deno_json.version}";
`;
}

export function limitsText(): string {
  const folders = LIMIT_FOLDERS.map((folder) => [folder, limitsUnder(`${folder}/`)]);
  return `# Limits

Everything that can grow has a named bound. \`deno task docs\` writes this page from the code.

${limitsTable(Object.fromEntries(folders))}
`;
}

/** Prometheus' rules as a resource of the Prometheus Operator. */
export function prometheusRuleText(): string {
  const groups = ["records.yml", "alerts.yml"].map((name) => {
    const text = Deno.readTextFileSync(new URL(`deploy/prometheus/${name}`, PROJECT));
    return text.slice(text.indexOf("groups:\n") + "groups:\n".length).trimEnd();
  });
  return `# Written from deploy/prometheus by deno task docs.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: fabric-telemetry
spec:
  groups:
${groups.join("\n").replaceAll(/^(?=.)/gm, "  ")}
`;
}

/** Replaces the text between `<!-- generated: NAME -->` and `<!-- end -->` by the blocks. */
export function fillIn(markdown: string, blocks: Record<string, string>): string {
  const filled = new Set<string>();
  const text = markdown.replaceAll(
    /(<!-- generated: (.*?) -->)[^]*?(<!-- end -->)/g,
    (_, start: string, name: string, end: string) => {
      if (blocks[name] === undefined) throw new Error(`${start}: no such block`);
      filled.add(name);
      return `${start}\n\n${blocks[name]}\n\n${end}`;
    },
  );
  const missing = Object.keys(blocks).filter((name) => !filled.has(name));
  if (missing.length > 0) throw new Error(`no <!-- generated: ${missing[0]} --> in the text`);
  return text;
}

function limitsUnder(folder: string): Limit[] {
  return [...Deno.readDirSync(new URL(folder, PROJECT))]
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap((entry) => {
      const path = folder + entry.name;
      if (entry.isDirectory) return limitsUnder(`${path}/`);
      if (!path.endsWith(".ts") || path.endsWith("_test.ts") || path.includes("/testing/")) {
        return [];
      }
      return limitsIn(Deno.readTextFileSync(new URL(path, PROJECT)));
    });
}

const USAGE =
  `Writes .env.example, contracts/version.ts, the generated parts of docs/ and the PrometheusRule.

deno task docs
`;

if (Deno.args.length > 0 && import.meta.main) {
  Deno.stdout.writeSync(new TextEncoder().encode(USAGE));
} else if (import.meta.main) {
  const write = (path: string, text: string) =>
    Deno.writeTextFileSync(new URL(path, PROJECT), text);
  const reference = Deno.readTextFileSync(new URL("docs/reference.md", PROJECT));
  write("contracts/version.ts", versionText());
  write("docs/openapi.json", documentText());
  write("docs/limits.md", limitsText());
  write(".env.example", envExampleText());
  write(PROMETHEUS_RULE, prometheusRuleText());
  write("docs/reference.md", fillIn(reference, referenceBlocks()));
}
