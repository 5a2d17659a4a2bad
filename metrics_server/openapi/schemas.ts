/** Schemas of JSON responses; the compiler checks their members against contracts/. */
import {
  COLUMN_KINDS,
  type ColumnAnswer,
  type ColumnsAnswer,
  type GetMetricAnswer,
  type HealthAnswer,
  JSON_CONTENT_TYPE,
  KIND_SOURCES,
  type LatencyStats,
  type ListMetricsAnswer,
  POLL_CAUSES,
  type ReadyAnswer,
  REPLICA_ROLES,
  type ReplicaStats,
  ROW_TIMES_PROBLEMS,
  type RowTimesStats,
  type SourceStats,
  type StatsAnswer,
  type StoreStats,
  type StreamChange,
  type StreamEnd,
  type StreamSnapshot,
  SWITCH_ID_COLUMN,
  TIME_SOURCES,
  TIME_UNITS,
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
  "A number has exactly the digits of the source, also beyond 2^53 (64-bit counters); use a parser " +
    "that keeps them. An empty cell, N/A or nan is null; other cells are text.",
  { type: ["number", "string", "null"] },
);
const snapshot_id = described("Unique for this data; ids of several sources are joined by +.", {
  type: "string",
  minLength: 1,
});
const age_ms = described(
  "Time since the row's timestamp; without row timestamps, since the snapshot's time, or else " +
    "since it was fetched.",
  whole_ms,
);
const fields = described("Names of the value columns, in order.", { type: "array", items: text });
const items = described("One item per row: its id and its value of each field.", {
  type: "array",
  items: {
    type: "object",
    required: [SWITCH_ID_COLUMN],
    properties: { [SWITCH_ID_COLUMN]: text },
    additionalProperties: schemaRef("Value"),
  },
});
const missing_sources = described(
  "URLs of the sources that have not delivered yet, whose rows are missing; absent if all have " +
    "delivered.",
  { type: "array", items: text },
);
const taken_ms = described("Time of the data, epoch milliseconds.", { type: "number" });
const last_success = described("A 304 counts as a success.", {
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
  backoff_ms: described("Delay before the next poll after a failure, else 0.", ms),
  circuit: { enum: ["closed", "open", "half_open"] },
  age_ms: described("Age of the held data, or null.", orNull(whole_ms)),
  rows: count,
  bad_rows: described("Invalid rows dropped from the held data.", count),
  uneven_rows: described(
    "Rows served although they lack empty cells at their end, or have extra ones.",
    count,
  ),
  repeated_ids: described("Rows dropped because an earlier row has the same id.", count),
  rows_left_out: described("Rows of other shards in the last body; 0 without SHARD.", count),
};

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
      "Cursor of the next page, null on the last page; present only with limit.",
      { type: ["string", "null"] },
    ),
  }, ["missing_sources", "next_cursor"]),
  ColumnsAnswer: object<ColumnsAnswer>({
    snapshot_id,
    columns: {
      type: "array",
      items: object<ColumnAnswer>({
        name: text,
        kind: described(
          "A counter only grows, except for resets. A label names or describes the row.",
          { enum: COLUMN_KINDS },
        ),
        unit: described("As it is displayed; null for labels, times and plain numbers.", {
          type: ["string", "null"],
        }),
        scale: described("`log` if values spread over several powers of ten.", {
          enum: ["linear", "log"],
        }),
        is_error: described("Whether larger values mean more errors or losses.", {
          type: "boolean",
        }),
        saturated_at: described("Digits at which the counter stops; null for other kinds.", {
          type: ["string", "null"],
          pattern: "^\\d+$",
        }),
        kind_from: described("What the kind follows from.", { enum: KIND_SOURCES }),
        rate: described("Derived column with the counter's rate per second; null without.", {
          type: ["string", "null"],
        }),
      }),
    },
  }),
  StreamSnapshot: object<StreamSnapshot>(
    { snapshot_id, taken_ms, missing_sources, fields, items },
    ["missing_sources"],
  ),
  StreamChange: object<StreamChange>({
    snapshot_id,
    taken_ms,
    previous_id: described("Snapshot that the change is relative to.", text),
    items: described("One item per changed row, with its changed fields.", items),
  }),
  StreamEnd: object<StreamEnd>({ reason: text }),
  StreamEvent: {
    type: "object",
    required: ["event", "data"],
    properties: {
      id: described("Absent for end.", text),
      event: { enum: STREAM_EVENT_NAMES },
      data: {
        type: "string",
        contentMediaType: JSON_CONTENT_TYPE,
        contentSchema: { oneOf: ["StreamSnapshot", "StreamChange", "StreamEnd"].map(schemaRef) },
      },
    },
  },
  LatencyStats: object<LatencyStats>({
    count: described("Requests since the start.", count),
    samples: described("Number of recent requests behind the percentiles.", count),
    p50_ms: orNull(ms),
    p95_ms: orNull(ms),
    p99_ms: orNull(ms),
    max_ms: orNull(ms),
  }),
  SourceStats: object<SourceStats>({
    url: described("Without user and password, and with `***` for credentials in its query.", text),
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
    restored: described(
      "Whether the data comes from SNAPSHOT_STORE and no poll has succeeded since the start.",
      { type: "boolean" },
    ),
    time_source: described(
      "What dates the data: the rows' own times; X-Snapshot-Ts; X-Data-Age-Ms, Age or Date; or " +
        "only the fetch. Null without data.",
      { enum: [...TIME_SOURCES, null] },
    ),
    row_times: described("How the rows' own times are read; null without a time column.", {
      ...object<RowTimesStats>({
        column: text,
        unit: described("Null if the column cannot be read.", { enum: [...TIME_UNITS, null] }),
        unread_cells: described("Cells that are neither empty nor a time in this unit.", count),
        problem: { enum: [...ROW_TIMES_PROBLEMS, null] },
        detail: described("The problem with its values, and what to do.", orNull(text)),
      }),
      type: ["object", "null"],
    }),
    repeated_columns: described(
      "Names that several columns have; these columns are left out; the first 20.",
      { type: "array", items: text },
    ),
    replica: described("Null unless SNAPSHOT_STORE is a Redis.", {
      ...object<ReplicaStats>({
        role: described("A leader polls for all; alone: polls by itself, as sharing fails.", {
          enum: REPLICA_ROLES,
        }),
        replica_id: described("Random name of this process.", text),
        leader: described("replica_id of the leader; null if it is not known.", orNull(text)),
        fence: described("Fencing number: grows with each election.", count),
        published: described("Snapshots published to the other replicas.", count),
        adopted: described("Snapshots adopted from them.", count),
      }),
      type: ["object", "null"],
    }),
  }),
  StatsAnswer: object<StatsAnswer>({
    service: { const: "metrics_server" },
    shard: described("SHARD, such as 1/4; null if all rows are kept.", orNull(text)),
    uptime_ms: whole_ms,
    endpoints: {
      type: "object",
      required: ENDPOINTS,
      properties: Object.fromEntries(ENDPOINTS.map((name) => [name, schemaRef("LatencyStats")])),
    },
    poller: described("Totals of all sources, and the worst state.", object(polled)),
    sources: { type: "array", items: schemaRef("SourceStats") },
    store: described("Null without SNAPSHOT_STORE.", {
      ...object<StoreStats>({
        kind: { enum: ["file", "redis"] },
        working: { type: "boolean" },
        last_error: described("The last failure, even if it works again.", orNull(text)),
        last_saved: described("When this process last saved a snapshot, or null.", {
          type: ["string", "null"],
          format: "date-time",
        }),
      }),
      type: ["object", "null"],
    }),
    log: object<StatsAnswer["log"]>({
      lines_dropped: described("Log lines dropped because stdout is too slow.", count),
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
