/** Operations of the OpenAPI document. */
import {
  HEADER_DATA_AGE_MS,
  HEADER_MISSING_SOURCES,
  HEADER_SHARD,
  HEADER_SNAPSHOT_TS,
  JSON_CONTENT_TYPE,
} from "../../contracts/mod.ts";
import { EXPOSITION_CONTENT_TYPES } from "../../platform/mod.ts";
import { GZIP_BYTES_MIN, LIST_CONTENT_TYPES, type ProblemSlug } from "../serve/mod.ts";
import { SSE_CONTENT_TYPE, STREAM_EVENT_BYTES_MAX, STREAM_HEARTBEAT_MS } from "../stream/mod.ts";
import { EXAMPLES, STREAM_EXAMPLE } from "./examples.ts";
import {
  ACCEPT_ENCODING,
  FABRIC_METRICS,
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
import { schemaRef } from "./schema_parts.ts";
import type { Operation, ResponseObject } from "./types.ts";

const TEXT = { type: "string" };

/** Metric families in the negotiated format. */
const EXPOSITION: ResponseObject = exposition([]);

/** Telemetry in the negotiated format, with age, time and ETag if there is data. */
const FABRIC_EXPOSITION: ResponseObject = exposition([
  HEADER_DATA_AGE_MS,
  HEADER_SNAPSHOT_TS,
  "etag",
  "content-encoding",
]);

function exposition(at_times: readonly HeaderName[]): ResponseObject {
  return {
    description: "Prometheus text format, or OpenMetrics if `Accept` prefers it.",
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
  "unknown-parameter",
];
const UNKNOWN: readonly ProblemSlug[] = ["unknown-switch", "unknown-metric", "misdirected"];
const OF_DATA: readonly HeaderName[] = [
  HEADER_DATA_AGE_MS,
  HEADER_SNAPSHOT_TS,
  "etag",
  "cache-control",
];

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
  description: "Parameters can be combined; without any, the whole list as JSON.",
  tags: TELEMETRY,
  parameters: [...LIST_METRICS, IF_NONE_MATCH, ACCEPT_ENCODING],
  responses: {
    200: {
      description:
        `The list; compressed from ${GZIP_BYTES_MIN} bytes on if the client accepts gzip.`,
      headers: headersOf([...OF_DATA, "vary"], [
        "link",
        "content-encoding",
        HEADER_MISSING_SOURCES,
        HEADER_SHARD,
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
      headers: headersOf([...OF_DATA, "vary"], [HEADER_SHARD]),
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
  summary: "The values, then changes",
  description: "Server-sent events, or WebSocket messages " +
    '(`{"event":…,"id":…,"data":…}`) on a WebSocket upgrade. The data of `snapshot` is a ' +
    "`StreamSnapshot`, of `change` a `StreamChange`, of the final `end` a `StreamEnd`. " +
    `An event of more than ${STREAM_EVENT_BYTES_MAX} bytes is continued by \`part\` events, each ` +
    "a `StreamPart`: all but the last have `more`, and only the last has the id. " +
    `A comment every ${STREAM_HEARTBEAT_MS} ms keeps the connection alive.`,
  tags: TELEMETRY,
  parameters: [...STREAM, LAST_EVENT_ID],
  responses: {
    101: { description: "The same events by WebSocket." },
    200: {
      description: "Events until either side closes; the schema describes one event.",
      headers: headersOf([HEADER_SNAPSHOT_TS, "cache-control"]),
      content: {
        // OpenAPI 3.1 cannot describe a single event, so the body has the schema of one.
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

const columns: Operation = {
  operationId: "columns",
  summary: "Kind, unit and scale of each value column",
  description: "In the order of ListMetrics' `fields`. Changes when the source's columns do, or " +
    "when values show that an unknown column is a counter.",
  tags: TELEMETRY,
  parameters: [IF_NONE_MATCH],
  responses: {
    200: {
      description: "The columns of all sources.",
      headers: headersOf(OF_DATA),
      content: {
        [JSON_CONTENT_TYPE]: {
          schema: schemaRef("ColumnsAnswer"),
          example: EXAMPLES.columns.body,
        },
      },
    },
    304: { description: "If-None-Match names the newest snapshot.", headers: headersOf(OF_DATA) },
    ...problemResponses(["unknown-parameter", "no-snapshot"]),
  },
};

const fabricMetrics: Operation = {
  operationId: "fabric_metrics",
  summary: "With `METRICS_FABRIC=on`: the telemetry itself for Prometheus",
  description:
    "A counter or gauge per column, a series per row, up to `METRICS_FABRIC_SERIES_MAX`. Saturated " +
    "counters and rows older than `MAX_STALE_MS` have no series.",
  tags: ["prometheus"],
  parameters: [...FABRIC_METRICS, ACCEPT_ENCODING],
  responses: {
    200: FABRIC_EXPOSITION,
    ...problemResponses([
      ...BAD_PARAMETER,
      ...UNKNOWN,
      "fabric-metrics-off",
      "no-snapshot",
      "too-stale",
      "too-many-lists",
      "list-not-ready",
    ]),
  },
};

/** Operations by endpoint name. */
export const TELEMETRY_ROUTES = {
  GetMetric: getMetric,
  ListMetrics: listMetrics,
  stream,
  columns,
  fabric_metrics: fabricMetrics,
};

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
