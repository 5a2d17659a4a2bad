/** Operations on telemetry. */
import {
  HEADER_DATA_AGE_MS,
  HEADER_MISSING_SOURCES,
  HEADER_OLDEST_ROW_AGE_MS,
  HEADER_ROWS_TOO_OLD,
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
  STREAM,
} from "./parameters.ts";
import { problemResponses } from "./problem_responses.ts";
import { schemaRef } from "./schema_parts.ts";
import type { Operation, ResponseObject } from "./types.ts";

export const TEXT = { type: "string" };

/** Metric families in the negotiated format. */
export const EXPOSITION: ResponseObject = exposition([]);

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
        HEADER_OLDEST_ROW_AGE_MS,
        HEADER_ROWS_TOO_OLD,
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
      headers: headersOf([...OF_DATA, "vary"], [HEADER_OLDEST_ROW_AGE_MS, HEADER_SHARD]),
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
    '(`{"event":…,"id":…,"data":…}`) on a WebSocket upgrade, with `STREAM_WEBSOCKET=on`. The data of `snapshot` is a ' +
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
      "websocket-off",
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
