/** Operations on the service itself, and its static files. */
import { JSON_CONTENT_TYPE } from "../../contracts/mod.ts";
import type { ProblemSlug } from "../serve/mod.ts";
import { EXAMPLES } from "./examples.ts";
import { ACCEPT_ENCODING, headersOf, IF_NONE_MATCH, PAGE_HEADERS } from "./parameters.ts";
import { problemResponses } from "./problem_responses.ts";
import { EXPOSITION, TEXT } from "./routes.ts";
import { schemaRef } from "./schema_parts.ts";
import type { Operation, ResponseObject } from "./types.ts";

const SERVICE = ["service"];

function json(description: string, schema: string, example: unknown): ResponseObject {
  return {
    description,
    headers: headersOf(["cache-control"]),
    content: { [JSON_CONTENT_TYPE]: { schema: schemaRef(schema), example } },
  };
}

function serviceRoute(
  operationId: string,
  summary: string,
  ok: ResponseObject,
  problems: readonly ProblemSlug[] = [],
  tags = SERVICE,
): Operation {
  return { operationId, summary, tags, responses: { 200: ok, ...problemResponses(problems) } };
}

/** Operations by endpoint name. */
export const SERVICE_ROUTES = {
  stats: serviceRoute(
    "stats",
    "Latencies, poller, sources",
    json(
      "Latencies of each endpoint over its last requests, and the state of polling.",
      "StatsAnswer",
      EXAMPLES.stats.body,
    ),
  ),
  healthz: serviceRoute(
    "healthz",
    "Liveness: the process serves",
    json("The process serves.", "HealthAnswer", EXAMPLES.healthz.body),
  ),
  readyz: serviceRoute(
    "readyz",
    "Readiness: there is data to serve, and how old it is",
    json("There is data to serve.", "ReadyAnswer", EXAMPLES.readyz.body),
    ["no-snapshot", "too-stale", "stopping"],
  ),
  metrics: serviceRoute(
    "metrics",
    "Requests, polls, data and process for Prometheus",
    EXPOSITION,
    [],
    ["prometheus"],
  ),
};

/** A static file, named `what` in the descriptions of its responses. */
function fileRoute(
  route: Pick<Operation, "operationId" | "summary" | "description">,
  what: string,
  content: ResponseObject["content"],
  more: ResponseObject["headers"] = {},
): Operation {
  return {
    ...route,
    tags: SERVICE,
    parameters: [IF_NONE_MATCH, ACCEPT_ENCODING],
    responses: {
      200: {
        description: `The ${what}.`,
        headers: { ...headersOf(["etag", "cache-control", "vary"], ["content-encoding"]), ...more },
        content,
      },
      304: {
        description: `If-None-Match names the current ${what}.`,
        headers: { ...headersOf(["etag", "cache-control", "vary"]), ...more },
      },
      ...problemResponses([]),
    },
  };
}

export const DASHBOARD_ROUTE = fileRoute(
  {
    operationId: "dashboard",
    summary: "The dashboard",
    description: "Its files are under `/dashboard/`.",
  },
  "page",
  { "text/html; charset=utf-8": { schema: TEXT } },
  PAGE_HEADERS,
);

export const OPENAPI_ROUTE = fileRoute(
  { operationId: "openapi", summary: "This API as OpenAPI 3.1" },
  "document",
  { [JSON_CONTENT_TYPE]: { schema: { type: "object", required: ["openapi", "info", "paths"] } } },
);
