/** Routes that answer with data. */
import { HEADER_DATA_AGE_MS, HEADER_MISSING_SOURCES } from "../../contracts/mod.ts";
import { GZIP_BYTES_MIN, LIST_CONTENT_TYPES, type ProblemSlug } from "../serve/mod.ts";
import { SSE_CONTENT_TYPE, STREAM_HEARTBEAT_MS } from "../stream/mod.ts";
import { EXAMPLES, STREAM_EXAMPLE } from "./examples.ts";
import { FABRIC_EXPOSITION } from "./exposition.ts";
import { type HeaderName, headersOf } from "./headers.ts";
import {
  ACCEPT_ENCODING,
  GET_METRIC,
  IF_NONE_MATCH,
  LAST_EVENT_ID,
  LIST_METRICS,
  STREAM,
} from "./parameters.ts";
import { problemResponses } from "./problem_responses.ts";
import { schemaRef } from "./schemas.ts";
import type { Operation } from "./types.ts";

const TAGS = ["telemetry"];
const BAD_PARAMETER: readonly ProblemSlug[] = [
  "repeated-parameter",
  "broken-parameter",
  "bad-parameter",
];
const UNKNOWN: readonly ProblemSlug[] = ["unknown-switch", "unknown-metric"];
const OF_DATA: readonly HeaderName[] = [HEADER_DATA_AGE_MS, "etag", "cache-control"];
const TEXT = { type: "string" };

const getMetric: Operation = {
  operationId: "GetMetric",
  summary: "One value of one switch",
  tags: TAGS,
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
  tags: TAGS,
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
  tags: TAGS,
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
