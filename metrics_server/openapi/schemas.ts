/** Schemas of the JSON answers; the compiler holds their members against contracts/. */
import {
  type GetMetricAnswer,
  type HealthAnswer,
  JSON_CONTENT_TYPE,
  type LatencyStats,
  type ListMetricsAnswer,
  POLL_CAUSES,
  type ReadyAnswer,
  type SourceStats,
  type StatsAnswer,
  type StreamChange,
  type StreamEnd,
  type StreamSnapshot,
  SWITCH_ID_COLUMN,
} from "../../contracts/mod.ts";
import { ENDPOINTS } from "../serve/mod.ts";
import { STREAM_EVENT_NAMES } from "../stream/mod.ts";
import type { Schema } from "./types.ts";

/** Reference to one of {@link SCHEMAS}, or another schema of the document. */
export function schemaRef(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

const text: Schema = { type: "string" };
const count: Schema = { type: "integer", minimum: 0 };
const ms: Schema = { type: "number", minimum: 0 };
const whole_ms: Schema = { type: "integer", minimum: 0 };

function orNull(schema: Schema): Schema {
  return { ...schema, type: [schema.type, "null"] };
}

function described(description: string, schema: Schema): Schema {
  return { description, ...schema };
}

/** An object with exactly the members of `T`. */
function object<T>(
  properties: { readonly [Name in keyof Required<T>]: Schema },
  optional: readonly (keyof T)[] = [],
): Schema {
  const required = (Object.keys(properties) as (keyof T)[])
    .filter((name) => !optional.includes(name));
  return { type: "object", required, properties };
}

const value = described(
  "A number has the source's decimal digits exactly, also beyond 2^53 (64-bit counters): read it " +
    "with a parser that keeps them. An empty cell, N/A or nan is null; anything else is text.",
  { type: ["number", "string", "null"] },
);
const snapshot_id = described("Never used again for other data; of several sources joined by +.", {
  type: "string",
  minLength: 1,
});
const age_ms = described(
  "Time since the row's own timestamp where the source has one a row, else since the " +
    "snapshot's, else since it was fetched.",
  whole_ms,
);
const fields = described("Names of the value columns, in order.", { type: "array", items: text });
const items = described("A row each: its id, and its value of each field.", {
  type: "array",
  items: {
    type: "object",
    required: [SWITCH_ID_COLUMN],
    properties: { [SWITCH_ID_COLUMN]: text },
    additionalProperties: schemaRef("Value"),
  },
});
const missing_sources = described(
  "URLs of the sources that have not delivered yet, so that their rows are not in it; absent " +
    "where all have.",
  { type: "array", items: text },
);
const taken_ms = described("Time of the data, epoch milliseconds.", { type: "number" });
const last_success = described("A 304 is a success, too.", {
  type: ["string", "null"],
  format: "date-time",
});

const polled = {
  polls: count,
  successes: count,
  not_modified: count,
  failures: count,
  failures_by_cause: {
    type: "object",
    propertyNames: schemaRef("PollCause"),
    additionalProperties: count,
  },
  consecutive_failures: count,
  last_success,
  backoff_ms: described("Delay before the next poll where the last one failed, else 0.", ms),
  circuit: { enum: ["closed", "open", "half_open"] },
  age_ms: described("Age of the data held, or null.", orNull(whole_ms)),
  rows: count,
  bad_rows: described("Rows left out of the body that is held.", count),
  repeated_ids: described("Rows left out because an earlier one has their id.", count),
};

/** By name. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Value: value,
  PollCause: described("Why a poll failed.", { enum: POLL_CAUSES }),
  GetMetricAnswer: object<GetMetricAnswer>({
    switch_id: text,
    metric: text,
    value: schemaRef("Value"),
    snapshot_id,
    age_ms,
  }),
  ListMetricsAnswer: object<ListMetricsAnswer>({
    snapshot_id,
    age_ms,
    missing_sources,
    fields,
    items,
    next_cursor: described(
      "cursor of the next page, null on the last one; only where limit is given.",
      { type: ["string", "null"] },
    ),
  }, ["missing_sources", "next_cursor"]),
  StreamSnapshot: object<StreamSnapshot>(
    { snapshot_id, taken_ms, missing_sources, fields, items },
    ["missing_sources"],
  ),
  StreamChange: object<StreamChange>({
    snapshot_id,
    taken_ms,
    previous_id: described("Snapshot that the cells differ from.", text),
    items: described("A row each that differs, with the fields that do.", items),
  }),
  StreamEnd: object<StreamEnd>({ reason: text }),
  StreamEvent: {
    type: "object",
    required: ["event", "data"],
    properties: {
      id: described("Absent of end.", text),
      event: { enum: STREAM_EVENT_NAMES },
      data: {
        type: "string",
        contentMediaType: JSON_CONTENT_TYPE,
        contentSchema: {
          oneOf: ["StreamSnapshot", "StreamChange", "StreamEnd"].map(schemaRef),
        },
      },
    },
  },
  LatencyStats: object<LatencyStats>({
    count: described("Requests since the start.", count),
    samples: described("Latest requests that the others are taken from.", count),
    p50_ms: orNull(ms),
    p95_ms: orNull(ms),
    p99_ms: orNull(ms),
    max_ms: orNull(ms),
  }),
  SourceStats: object<SourceStats>({
    url: described("Without user name and password.", text),
    ...polled,
    last_error: {
      type: ["object", "null"],
      required: ["cause", "detail", "at"],
      properties: {
        cause: schemaRef("PollCause"),
        detail: text,
        at: { type: "string", format: "date-time" },
      },
    },
    snapshot_id: orNull(text),
  }),
  StatsAnswer: object<StatsAnswer>({
    service: { const: "metrics_server" },
    uptime_ms: whole_ms,
    endpoints: {
      type: "object",
      required: ENDPOINTS,
      properties: Object.fromEntries(ENDPOINTS.map((name) => [name, schemaRef("LatencyStats")])),
    },
    poller: described("All sources together; of states the worst.", object(polled)),
    sources: { type: "array", items: schemaRef("SourceStats") },
    log: object<StatsAnswer["log"]>({
      lines_dropped: described("Lines that stdout was too slow for.", count),
    }),
    event_loop: object<StatsAnswer["event_loop"]>({
      block_max_ms: described("Longest time the event loop was blocked.", ms),
    }),
  }),
  HealthAnswer: object<HealthAnswer>({ ok: { const: true } }),
  ReadyAnswer: object<ReadyAnswer>({
    ok: { const: true },
    age_ms: described("Age of the freshest source's data.", whole_ms),
  }),
};
