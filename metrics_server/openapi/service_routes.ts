/** Routes that answer about the service itself. */
import { JSON_CONTENT_TYPE } from "../../contracts/mod.ts";
import { EXAMPLES } from "./examples.ts";
import { EXPOSITION } from "./exposition.ts";
import { headersOf, PAGE_HEADERS } from "./headers.ts";
import { ACCEPT_ENCODING, IF_NONE_MATCH } from "./parameters.ts";
import { problemResponses } from "./problem_responses.ts";
import { schemaRef } from "./schemas.ts";
import type { Operation, ResponseObject } from "./types.ts";

const TAGS = ["service"];
const TEXT = { type: "string" };

function json(description: string, schema: string, example: unknown): ResponseObject {
  return {
    description,
    headers: headersOf(["cache-control"]),
    content: { [JSON_CONTENT_TYPE]: { schema: schemaRef(schema), example } },
  };
}

const stats: Operation = {
  operationId: "stats",
  summary: "Latencies, poller, sources",
  tags: TAGS,
  responses: {
    200: json(
      "Latencies of each endpoint over its last requests, and how polling goes.",
      "StatsAnswer",
      EXAMPLES.stats.body,
    ),
    ...problemResponses([]),
  },
};

const healthz: Operation = {
  operationId: "healthz",
  summary: "Liveness: the process serves",
  tags: TAGS,
  responses: {
    200: json("It does.", "HealthAnswer", EXAMPLES.healthz.body),
    ...problemResponses([]),
  },
};

const readyz: Operation = {
  operationId: "readyz",
  summary: "Readiness: there is data to serve, and how old it is",
  tags: TAGS,
  responses: {
    200: json("There is.", "ReadyAnswer", EXAMPLES.readyz.body),
    ...problemResponses(["no-snapshot", "too-stale", "stopping"]),
  },
};

const metrics: Operation = {
  operationId: "metrics",
  summary: "Requests, polls, data and process for Prometheus",
  tags: ["prometheus"],
  responses: {
    200: EXPOSITION,
    ...problemResponses([]),
  },
};

/** The dashboard. */
export const DASHBOARD_ROUTE: Operation = {
  operationId: "dashboard",
  summary: "The dashboard",
  description: "Its files are under `/dashboard/`.",
  tags: TAGS,
  parameters: [IF_NONE_MATCH, ACCEPT_ENCODING],
  responses: {
    200: {
      description: "The page.",
      headers: {
        ...headersOf(["etag", "cache-control", "vary"], ["content-encoding"]),
        ...PAGE_HEADERS,
      },
      content: { "text/html; charset=utf-8": { schema: TEXT } },
    },
    304: {
      description: "If-None-Match names the page as it is.",
      headers: { ...headersOf(["etag", "cache-control", "vary"]), ...PAGE_HEADERS },
    },
    ...problemResponses([]),
  },
};

/** The document itself. */
export const OPENAPI_ROUTE: Operation = {
  operationId: "openapi",
  summary: "This API as OpenAPI 3.1",
  tags: TAGS,
  parameters: [IF_NONE_MATCH, ACCEPT_ENCODING],
  responses: {
    200: {
      description: "The document.",
      headers: headersOf(["etag", "cache-control", "vary"], ["content-encoding"]),
      content: {
        [JSON_CONTENT_TYPE]: {
          schema: { type: "object", required: ["openapi", "info", "paths"] },
        },
      },
    },
    304: {
      description: "If-None-Match names the document as it is.",
      headers: headersOf(["etag", "cache-control", "vary"]),
    },
    ...problemResponses([]),
  },
};

/** By the names of their endpoints. */
export const SERVICE_ROUTES = { stats, healthz, readyz, metrics };
