/** Operations of the OpenAPI document. */
import {
  HEADER_DATA_AGE_MS,
  HEADER_MISSING_SOURCES,
  JSON_CONTENT_TYPE,
} from "../../contracts/mod.ts";
import { EXPOSITION_CONTENT_TYPES } from "../../platform/mod.ts";
import { GZIP_BYTES_MIN, LIST_CONTENT_TYPES, type ProblemSlug } from "../serve/mod.ts";
import { SSE_CONTENT_TYPE, STREAM_HEARTBEAT_MS } from "../stream/mod.ts";
import { EXAMPLES, STREAM_EXAMPLE } from "./examples.ts";
import {
  ACCEPT_ENCODING,
  GET_METRIC,
  type HeaderName,
  headersOf,
  IF_NONE_MATCH,
  LAST_EVENT_ID,
  LIST_METRICS,
  PAGE_HEADERS,
  STREAM,
} from "./parameters.ts";
import { problemResponses } from "./problem_responses.ts";
import { schemaRef } from "./schemas.ts";
import type { Operation, ResponseObject } from "./types.ts";

const TEXT = { type: "string" };

/** The families, in the format that was asked for. */
const EXPOSITION: ResponseObject = exposition([]);

/** The same of the telemetry: with its age and its snapshot's ETag, once there is any. */
const FABRIC_EXPOSITION: ResponseObject = exposition([HEADER_DATA_AGE_MS, "etag"]);

function exposition(at_times: readonly HeaderName[]): ResponseObject {
  return {
    description: "Prometheus' text format, or OpenMetrics for who prefers it in `Accept`.",
    headers: headersOf(["cache-control", "vary"], at_times),
    content: {
      [EXPOSITION_CONTENT_TYPES.prometheus]: { schema: TEXT },
      [EXPOSITION_CONTENT_TYPES.openmetrics]: { schema: TEXT },
    },
  };
}

const TELEMETRY = ["telemetry"];
const SERVICE = ["service"];
const BAD_PARAMETER: readonly ProblemSlug[] = [
  "repeated-parameter",
  "broken-parameter",
  "bad-parameter",
];
const UNKNOWN: readonly ProblemSlug[] = ["unknown-switch", "unknown-metric"];
const OF_DATA: readonly HeaderName[] = [HEADER_DATA_AGE_MS, "etag", "cache-control"];

const getMetric: Operation = {
  operationId: "GetMetric",
  summary: "One value of one switch",
  tags: TELEMETRY,
  parameters: GET_METRIC,
  responses: {
    200: {
      description: "The value, its snapshot and its age.",
      headers: headersOf(OF_DATA),
      content: {
        [LIST_CONTENT_TYPES.json]: {
          schema: schemaRef("GetMetricAnswer"),
          example: EXAMPLES.get_metric.body,
        },
      },
    },
    ...problemResponses([
      "missing-parameter",
      ...BAD_PARAMETER,
      ...UNKNOWN,
      "no-snapshot",
      "too-stale",
    ]),
  },
};

const listMetrics: Operation = {
  operationId: "ListMetrics",
  summary: "All values, or some of them",
  description: "Each parameter on its own or together; without any the whole list as JSON.",
  tags: TELEMETRY,
  parameters: [...LIST_METRICS, IF_NONE_MATCH, ACCEPT_ENCODING],
  responses: {
    200: {
      description: `The list. As gzip where it has ${GZIP_BYTES_MIN} bytes and is asked for so.`,
      headers: headersOf([...OF_DATA, "vary"], [
        "link",
        "content-encoding",
        HEADER_MISSING_SOURCES,
      ]),
      content: {
        [LIST_CONTENT_TYPES.json]: {
          schema: schemaRef("ListMetricsAnswer"),
          example: EXAMPLES.list_metrics.body,
        },
        [LIST_CONTENT_TYPES.csv]: { schema: TEXT, example: EXAMPLES.list_csv.body },
        [LIST_CONTENT_TYPES.ndjson]: { schema: TEXT, example: EXAMPLES.list_ndjson.body },
      },
    },
    304: {
      description: "If-None-Match names the newest snapshot.",
      headers: headersOf([...OF_DATA, "vary"]),
    },
    ...problemResponses([
      ...BAD_PARAMETER,
      ...UNKNOWN,
      "cursor-gone",
      "no-snapshot",
      "too-stale",
      "too-many-lists",
      "list-not-ready",
      "list-too-long",
    ]),
  },
};

const stream: Operation = {
  operationId: "stream",
  summary: "The values, then what changes",
  description: "Server-sent events, or WebSocket messages " +
    '(`{"event":…,"id":…,"data":…}`) to who asks for an upgrade. The data of `snapshot` is a ' +
    "`StreamSnapshot`, of `change` a `StreamChange`, of `end`, the last one, a `StreamEnd`. " +
    `A comment every ${STREAM_HEARTBEAT_MS} ms keeps the connection from looking dead.`,
  tags: TELEMETRY,
  parameters: [...STREAM, LAST_EVENT_ID],
  responses: {
    101: { description: "The same by WebSocket, to who asked for an upgrade." },
    200: {
      description: "Events, until either side ends it; the schema is that of one event.",
      headers: headersOf(["cache-control"]),
      content: {
        // As OpenAPI 3.1 has no word for what one event is, its schema is given as that of the body.
        [SSE_CONTENT_TYPE]: { schema: schemaRef("StreamEvent"), example: STREAM_EXAMPLE },
      },
    },
    ...problemResponses([
      ...BAD_PARAMETER,
      "stream-too-wide",
      "bad-upgrade",
      "foreign-origin",
      ...UNKNOWN,
      "no-snapshot",
      "too-stale",
      "too-many-streams",
    ]),
  },
};

const fabricMetrics: Operation = {
  operationId: "fabric_metrics",
  summary: "With `METRICS_FABRIC=on`: the telemetry itself for Prometheus",
  description: "A gauge a column, a series a switch; `METRICS_FABRIC_SERIES_MAX` bounds them.",
  tags: ["prometheus"],
  responses: {
    200: FABRIC_EXPOSITION,
    ...problemResponses(["fabric-metrics-off", "too-stale", "too-many-lists"]),
  },
};

/** By the names of their endpoints. */
export const TELEMETRY_ROUTES = {
  GetMetric: getMetric,
  ListMetrics: listMetrics,
  stream,
  fabric_metrics: fabricMetrics,
};

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
  tags: SERVICE,
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
  tags: SERVICE,
  responses: {
    200: json("It does.", "HealthAnswer", EXAMPLES.healthz.body),
    ...problemResponses([]),
  },
};

const readyz: Operation = {
  operationId: "readyz",
  summary: "Readiness: there is data to serve, and how old it is",
  tags: SERVICE,
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
  tags: SERVICE,
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
  tags: SERVICE,
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
