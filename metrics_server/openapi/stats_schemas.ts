/** Schemas of `/stats`. */
import {
  type EndpointStats,
  FRESHNESS_BOUNDS,
  FRESHNESS_STATES,
  type FreshnessStats,
  type LatencyStats,
  REPLICA_ROLES,
  type ReplicaStats,
  ROW_TIMES_PROBLEMS,
  type RowTimesStats,
  type SourceStats,
  type StatsAnswer,
  type StoreStats,
  TIME_SOURCES,
  TIME_UNITS,
} from "../../contracts/mod.ts";
import { ENDPOINTS } from "../serve/mod.ts";
import { count, described, ms, object, orNull, schemaRef, text, whole_ms } from "./schema_parts.ts";
import type { Schema } from "./types.ts";

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
  age_ms: described(
    "Age of the newest row, or of the snapshot if rows have no times; null without data.",
    orNull(whole_ms),
  ),
  oldest_row_age_ms: described("Age of the oldest row; null without data.", orNull(whole_ms)),
  rows_stale: described(
    "Rows older than the bound of freshness; null without a bound or data.",
    orNull(count),
  ),
  rows: count,
  bad_rows: described("Invalid rows dropped from the held data.", count),
  uneven_rows: described(
    "Rows served although they lack empty cells at their end, or have extra ones.",
    count,
  ),
  repeated_ids: described("Rows dropped because an earlier row has the same id.", count),
  rows_left_out: described("Rows of other shards in the last body; 0 without SHARD.", count),
};

const latencies = {
  count: described("Requests since the start.", count),
  samples: described("Number of recent requests behind the percentiles.", count),
  p50_ms: orNull(ms),
  p95_ms: orNull(ms),
  p99_ms: orNull(ms),
  max_ms: orNull(ms),
};

export const STATS_SCHEMAS: Readonly<Record<string, Schema>> = {
  EndpointStats: described(
    "Latency of an endpoint's answers, to the last byte handed over to the connection.",
    object<EndpointStats>({
      ...latencies,
      first_byte: described("Long bodies' latency to the first byte; null if it has none.", {
        ...object<LatencyStats>(latencies),
        type: ["object", "null"],
      }),
    }),
  ),
  SourceStats: object<SourceStats>({
    url: described("Without user and password, and with `***` for credentials in its query.", text),
    ...polled,
    freshness: object<FreshnessStats>({
      state: described(
        "fresh: not older than the bound. stale: older. unknown: no bound is known, so the age may " +
          "or may not be good. none: no data.",
        { enum: FRESHNESS_STATES },
      ),
      bound_ms: described("Age above which data is stale.", orNull(whole_ms)),
      bound_from: described(
        "What determines the bound; interval: two learned data intervals plus POLL_MS.",
        { enum: [...FRESHNESS_BOUNDS, null] },
      ),
      interval_ms: described(
        "Time between the data of successive snapshots; null until two have shown one.",
        orNull(whole_ms),
      ),
    }),
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
    version: described("The version of the product.", text),
    shard: described("SHARD, such as 1/4; null if all rows are kept.", orNull(text)),
    uptime_ms: whole_ms,
    endpoints: {
      type: "object",
      required: ENDPOINTS,
      properties: Object.fromEntries(ENDPOINTS.map((name) => [name, schemaRef("EndpointStats")])),
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
};
