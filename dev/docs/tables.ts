/**
 * The generated tables and `.env.example`, from the OpenAPI document, the configuration and the
 * source. Pure.
 */
import type {
  OpenApiDocument,
  Operation,
  ParameterObject,
  Ref,
  ResponseObject,
  Schema,
} from "../../metrics_server/mod.ts";
import { describe, type Spec, type VariableRow } from "../../platform/mod.ts";

/** The part of a problem's schema that the table shows. */
interface ProblemSchema {
  readonly description: string;
  readonly properties: {
    readonly type: { readonly const: string };
    readonly status: { readonly const: number };
  };
}

/** One row for each route, without the answers that every route can give. */
export function routesTable(document: OpenApiDocument): string {
  return table(
    ["Route", "What it answers", "Statuses"],
    Object.entries(document.paths).map(([path, { get }]) => [
      `\`GET ${path}${requiredQuery(get)}\``,
      get.summary,
      statusesOf(get).join(", "),
    ]),
  );
}

/** One row for each parameter, with the routes that take it. */
export function parametersTable(document: OpenApiDocument): string {
  const taken = operations(document).flatMap(({ operationId, parameters = [] }) =>
    parameters.map((parameter) => ({ operationId, parameter }))
  );
  const rows = Map.groupBy(taken, ({ parameter }) => parameter.name + parameter.description);
  return table(
    ["Parameter", "Of", "Meaning"],
    [...rows.values()].map((group) => [
      nameOf(group[0].parameter),
      group.map(({ operationId }) => operationId).join(", "),
      meaningOf(group[0].parameter),
    ]),
  );
}

export function problemsTable(document: OpenApiDocument): string {
  const problems = Object.values(document.components.schemas).filter(isProblem);
  return table(
    ["Status", "`type`: `urn:fabric-telemetry:problem:…`", "When"],
    problems
      .sort((a, b) => a.properties.status.const - b.properties.status.const)
      .map(({ description, properties: { type, status } }) => [
        `${status.const}`,
        `\`${type.const.slice(type.const.lastIndexOf(":") + 1)}\``,
        description,
      ]),
  );
}

function operations({ paths }: OpenApiDocument): Operation[] {
  return Object.values(paths).map(({ get }) => get);
}

function requiredQuery({ parameters = [] }: Operation): string {
  const required = parameters.filter(({ required }) => required).map(({ name }) => `${name}=…`);
  return required.length === 0 ? "" : `?${required.join("&")}`;
}

function statusesOf({ responses }: Operation): string[] {
  return Object.keys(responses).filter((status) => !isRef(responses[status]));
}

function nameOf({ name, in: place }: ParameterObject): string {
  return `\`${name}\`${place === "header" ? " (header)" : ""}`;
}

/** The description, and the range of a number. */
function meaningOf({ description, schema }: ParameterObject): string {
  const { minimum, maximum } = schema as Readonly<Record<string, number | undefined>>;
  const text = description.replace(/\.$/, "");
  // The bound of every safe integer is no information.
  if (maximum === undefined || maximum >= 1e15 - 1) return text;
  return `${text}; ${minimum}–${maximum.toLocaleString("en-US")}`;
}

function isRef(response: ResponseObject | Ref): response is Ref {
  return "$ref" in response;
}

function isProblem(schema: Schema): schema is Schema & ProblemSchema {
  const type = (schema as Partial<ProblemSchema>).properties?.type?.const;
  return typeof type === "string" && type.startsWith("urn:");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

interface EnvGroup {
  title: string;
  spec: Spec;
}

const HEAD =
  `# Copy this file to .env and remove the # of each variable you change; the process's environment
# wins. Both services read BIND_HOST, PORT and LOG_LEVEL; if a line is repeated, the last one counts.
# deno task dev sets PORT from DATA_PORT and METRICS_PORT.
#
# A number out of range is clamped and logged as config.clamped. A PORT or SEED out of range, or a
# value that cannot be used, stops the start with exit code 78.
`;

/** Text of `.env.example`: each variable with its meaning and range, commented out. */
export function envExample(groups: readonly EnvGroup[]): string {
  return HEAD + groups.map(({ title, spec }) => {
    const entries = describe(spec).map((row) =>
      `# ${row.description}.\n# ${boundsOf(row)}\n#${row.variable}=${row.default ?? ""}\n`
    );
    return `\n# ---- ${title} ----\n\n${entries.join("\n")}`;
  }).join("");
}

/** A table: variable, default, range and unit, meaning. */
export function envTable(spec: Spec): string {
  return table(
    ["Variable", "Default", "Range", "Meaning"],
    describe(spec).map((row) => [
      `\`${row.variable}\``,
      row.default ? `\`${row.default}\`` : "–",
      rangeOf(row) || "–",
      row.description,
    ]),
  );
}

function boundsOf(row: VariableRow): string {
  const range = rangeOf(row);
  const fallback = row.default === undefined || row.default === ""
    ? "not set by default"
    : `default ${row.default}`;
  return range === "" ? `${capital(fallback)}.` : `Range: ${range}; ${fallback}.`;
}

function rangeOf({ range, unit }: VariableRow): string {
  return unit === "" ? range : `${range} ${unit}`;
}

function capital(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

/** A number whose name says that it is a bound. */
export interface Limit {
  /** For example `QUERY_CHARS_MAX`. */
  name: string;
  value: number;
  meaning: string;
}

const LIMIT = /\/\*\*((?:(?!\*\/)[^])*)\*\/\n(?:export )?const ([A-Z0-9_]+) = ([0-9_.* ]+);/g;

/** Names of bounds: a maximum, or a fixed size. */
const IS_LIMIT = /_MAX(_PCT)?$|_RING_BYTES$|_WINDOW_SAMPLES$/;

/** Bounds that no user can reach: lengths of encodings, shape of generated data, tuning. */
const INTERNAL: ReadonlySet<string> = new Set([
  "UINT32_DIGITS_MAX",
  "UINT64_DIGITS_MAX",
  "ROW_LAG_US_MAX",
  "ATOMIC_BYTES_MAX",
  "EPOCH_MS_MAX",
  "LINE_END_BYTES_MAX",
  "ESCAPED_BYTES_MAX",
  "SHORT_TEXT_BYTES_MAX",
  "OVERSIZE_MAX",
  "DOUBLINGS_MAX",
]);

export function limitsIn(source: string): Limit[] {
  return [...source.matchAll(LIMIT)]
    .filter(([, , name]) => IS_LIMIT.test(name) && !INTERNAL.has(name))
    .map(([, comment, name, value]) => ({
      name,
      value: product(value),
      meaning: firstSentence(comment),
    }));
}

export function limitsTable(folders: Record<string, readonly Limit[]>): string {
  const rows = Object.entries(folders).flatMap(([folder, limits]) =>
    limits.map(({ name, value, meaning }) => [
      `\`${name}\``,
      value.toLocaleString("en-US"),
      folder,
      meaning,
    ])
  );
  return table(["Limit", "Value", "In", "Meaning"], rows);
}

function product(expression: string): number {
  return expression
    .split("*")
    .map((factor) => Number(factor.trim().replaceAll("_", "")))
    .reduce((a, b) => a * b);
}

function firstSentence(comment: string): string {
  const text = comment.replaceAll(/\n\s*\*/g, " ").replaceAll(/\s+/g, " ").trim();
  return (/^(.*?[.;:])(?= |$)/.exec(text)?.[1] ?? text)
    .replace(/[.;:]$/, "")
    .replaceAll(/\{@link (\w+)\}/g, "`$1`");
}
