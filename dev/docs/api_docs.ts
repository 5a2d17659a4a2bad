/** Tables of routes, parameters and problems, from the OpenAPI document. Pure. */
import type {
  OpenApiDocument,
  Operation,
  ParameterObject,
  Ref,
  ResponseObject,
  Schema,
} from "../../metrics_server/mod.ts";

/** What one problem's schema says, as far as the table shows it. */
interface ProblemSchema {
  readonly description: string;
  readonly properties: {
    readonly type: { readonly const: string };
    readonly status: { readonly const: number };
  };
}

/** A row a route. Answers that every route can give are left out. */
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

/** A row a parameter, with the routes that take it. */
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

/** A row a kind of problem. */
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

/** The description, and the range of what is a number. */
function meaningOf({ description, schema }: ParameterObject): string {
  const { minimum, maximum } = schema as Readonly<Record<string, number | undefined>>;
  const text = description.replace(/\.$/, "");
  // A bound that only keeps a number a number says nothing.
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
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}
