/** Schemas of JSON responses; the compiler checks their members against contracts/. */
import {
  COLUMN_KINDS,
  type ColumnAnswer,
  type ColumnsAnswer,
  type GetMetricAnswer,
  type HealthAnswer,
  JSON_CONTENT_TYPE,
  KIND_SOURCES,
  type ListMetricsAnswer,
  POLL_CAUSES,
  type ReadyAnswer,
  type StreamChange,
  type StreamEnd,
  type StreamPart,
  type StreamSnapshot,
  SWITCH_ID_COLUMN,
} from "../../contracts/mod.ts";
import { STREAM_EVENT_NAMES } from "../stream/mod.ts";
import { described, object, schemaRef, text, whole_ms } from "./schema_parts.ts";
import { STATS_SCHEMAS } from "./stats_schemas.ts";
import type { Schema } from "./types.ts";

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
const urls: Schema = { type: "array", items: text };
const missing_sources = described(
  "URLs of the sources that have not delivered yet, whose rows are missing; absent if all have " +
    "delivered.",
  urls,
);
const taken_ms = described("Time of the data, epoch milliseconds.", { type: "number" });
const more = described("Further items follow in the next event; absent from the last one.", {
  const: true,
});

export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Value: value,
  PollCause: described("Why a poll failed.", { enum: POLL_CAUSES }),
  GetMetricAnswer: object<GetMetricAnswer>({
    switch_id: text,
    metric: text,
    value: schemaRef("Value"),
    rate: described(
      "Growth per second between the last two snapshots, null if it is not known; present only with rate.",
      { type: ["number", "null"] },
    ),
    snapshot_id,
    age_ms,
  }, ["rate"]),
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
    { snapshot_id, taken_ms, missing_sources, fields, items, more },
    ["missing_sources", "more"],
  ),
  StreamChange: object<StreamChange>({
    snapshot_id,
    taken_ms,
    previous_id: described("Snapshot that the change is relative to.", text),
    items: described("One item per changed row, with its changed fields.", items),
    more,
  }, ["more"]),
  StreamPart: object<StreamPart>({ snapshot_id, items, more }, ["more"]),
  StreamEnd: object<StreamEnd>({ reason: text }),
  StreamEvent: {
    type: "object",
    required: ["event", "data"],
    properties: {
      id: described("Absent for end, and while more parts follow.", text),
      event: { enum: STREAM_EVENT_NAMES },
      data: {
        type: "string",
        contentMediaType: JSON_CONTENT_TYPE,
        contentSchema: {
          // Snapshots and changes have all members of a part.
          anyOf: ["StreamSnapshot", "StreamChange", "StreamPart", "StreamEnd"].map(schemaRef),
        },
      },
    },
  },
  ...STATS_SCHEMAS,
  HealthAnswer: object<HealthAnswer>({ ok: { const: true } }),
  ReadyAnswer: object<ReadyAnswer>({
    ok: { const: true },
    age_ms: described("Age of the freshest source's data.", whole_ms),
    missing_sources: described("URLs of the sources without data.", urls),
    stale_sources: described("URLs of the sources whose data is stale, see `/stats`.", urls),
  }),
};
