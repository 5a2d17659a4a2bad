/** Shapes of the JSON answers. */
import type { TimeUnit } from "./csv.ts";
import type { CircuitState, PollCause } from "./poll.ts";

/** `GET /telemetry/GetMetric?switch_id=&metric=` → 200. */
export interface GetMetricAnswer {
  switch_id: string;
  metric: string;
  /** The source's decimal digits exactly; text is a string; a missing value is null. */
  value: number | string | null;
  /** With `rate=1`: growth per second, null if it is not known. */
  rate?: number | null;
  snapshot_id: string;
  /** Now − the row's or the snapshot's own timestamp; never negative. */
  age_ms: number;
}

/** `GET /telemetry/ListMetrics` → 200. */
export interface ListMetricsAnswer {
  snapshot_id: string;
  age_ms: number;
  /** Names of the value columns, in the source's order. */
  fields: string[];
  /** One object per row: `switch_id` and each field. */
  items: Record<string, number | string | null>[];
  /** URLs of the sources without a snapshot yet; absent if all have one. */
  missing_sources?: string[];
  /** `cursor` of the next page, null on the last one; only with `limit`. */
  next_cursor?: string | null;
}

/** Event `snapshot` of `GET /telemetry/stream`: all selected data. */
export interface StreamSnapshot extends Omit<ListMetricsAnswer, "age_ms" | "next_cursor"> {
  /** Time of the data, epoch milliseconds. */
  taken_ms: number;
  /** More items follow as `part` events; absent from the last one. */
  more?: true;
}

/** Event `change`: the cells that differ from an earlier snapshot. */
export interface StreamChange
  extends Pick<StreamSnapshot, "snapshot_id" | "taken_ms" | "items" | "more"> {
  previous_id: string;
}

/** Event `part`: further items of the snapshot or change before it. */
export type StreamPart = Pick<StreamSnapshot, "snapshot_id" | "items" | "more">;

/** Event `end`: the last one. */
export interface StreamEnd {
  reason: string;
}

/** `GET /healthz` → 200. */
export interface HealthAnswer {
  ok: true;
}

/** `GET /readyz` → 200. */
export interface ReadyAnswer extends HealthAnswer {
  /** Age of the freshest source's data. */
  age_ms: number;
  /** URLs of the sources without data. */
  missing_sources: string[];
  /** URLs of the sources whose data is stale, see {@link FreshnessStats}. */
  stale_sources: string[];
}

/** Latencies over the last samples; null without samples. */
export interface LatencyStats {
  /** Requests since the start. */
  count: number;
  /** Samples of the percentiles below, at most 1,000. */
  samples: number;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  max_ms: number | null;
}

/** Latency of one endpoint's answers, to the last byte handed over to the connection. */
export interface EndpointStats extends LatencyStats {
  /** The same of its long bodies, to their first byte; null if it has no long bodies. */
  first_byte: LatencyStats | null;
}

/** Roles of a replica for one source. `alone`: it polls by itself, because sharing fails. */
export const REPLICA_ROLES = ["leader", "follower", "alone"] as const;

export type ReplicaRole = typeof REPLICA_ROLES[number];

/** One process's part in the replicas of a source that share a Redis store. */
export interface ReplicaStats {
  role: ReplicaRole;
  /** Random name of this process. */
  replica_id: string;
  /** `replica_id` of the leader; null if it is not known. */
  leader: string | null;
  /** Fencing number: grows with each election. */
  fence: number;
  /** Snapshots published to the other replicas. */
  published: number;
  /** Snapshots adopted from them. */
  adopted: number;
}

/** State of SNAPSHOT_STORE. */
export interface StoreStats {
  kind: "file" | "redis";
  working: boolean;
  /** The last failure, even if the store works again; null before the first. */
  last_error: string | null;
  /** ISO 8601 time at which this process last saved a snapshot, or null. */
  last_saved: string | null;
}

export interface SourceStats {
  /** The source's URL, without user and password, and with `***` for credentials in its query. */
  url: string;
  polls: number;
  successes: number;
  not_modified: number;
  failures: number;
  failures_by_cause: Partial<Record<PollCause, number>>;
  consecutive_failures: number;
  /** ISO 8601 time of the last success (a 304 is one), or null. */
  last_success: string | null;
  last_error: { cause: PollCause; detail: string; at: string } | null;
  /** Delay before the next poll after a failure, else 0. */
  backoff_ms: number;
  circuit: CircuitState;
  snapshot_id: string | null;
  /** Whether the data comes from SNAPSHOT_STORE and no poll has succeeded since the start. */
  restored: boolean;
  /** Age of the newest row, or of the snapshot if rows have no times; null without data. */
  age_ms: number | null;
  /** Age of the oldest row; null without data. */
  oldest_row_age_ms: number | null;
  /** Rows older than the bound of {@link FreshnessStats}; null without a bound or data. */
  rows_stale: number | null;
  freshness: FreshnessStats;
  /** What dates the data, see {@link TimeSource}; null without data. */
  time_source: TimeSource | null;
  /** How the rows' own times are read; null without a time column. */
  row_times: RowTimesStats | null;
  rows: number;
  bad_rows: number;
  /** Rows served although they lack empty cells at their end, or have extra ones. */
  uneven_rows: number;
  repeated_ids: number;
  /** Rows of other shards in the last body; 0 without SHARD. */
  rows_left_out: number;
  /** Names that several columns have; these columns are left out. */
  repeated_columns: readonly string[];
  /** Null unless SNAPSHOT_STORE is a Redis. */
  replica: ReplicaStats | null;
}

/**
 * `fresh`: not older than the bound. `stale`: older. `unknown`: no bound is known, so the age may
 * or may not be good. `none`: no data.
 */
export const FRESHNESS_STATES = ["fresh", "stale", "unknown", "none"] as const;

export type FreshnessState = typeof FRESHNESS_STATES[number];

/** `interval`: two learned data intervals plus POLL_MS. */
export const FRESHNESS_BOUNDS = ["FRESH_BOUND_MS", "interval", "MAX_STALE_MS"] as const;

export type FreshnessBound = typeof FRESHNESS_BOUNDS[number];

/** The verdict on the age of a source's data at one instant. */
export interface FreshnessStats {
  state: FreshnessState;
  /** Age above which data is stale; null if no bound is known. */
  bound_ms: number | null;
  /** What determines the bound. */
  bound_from: FreshnessBound | null;
  /** Time between the data of successive snapshots; null until two have shown one. */
  interval_ms: number | null;
}

/**
 * `rows`: the rows' own times. `header`: X-Snapshot-Ts. `age`: X-Data-Age-Ms, Age or Date. `fetch`:
 * the source reports no time, so its data may be older than its age.
 */
export const TIME_SOURCES = ["rows", "header", "age", "fetch"] as const;

export type TimeSource = typeof TIME_SOURCES[number];

export interface RowTimesStats {
  /** Name of the column, as the source writes it. */
  column: string;
  /** Unit of all its times; null if it cannot be read. */
  unit: TimeUnit | null;
  /** Cells that are neither empty nor a time in this unit. */
  unread_cells: number;
  problem: RowTimesProblem | null;
  /** The problem with its values, and what to do; null without a problem. */
  detail: string | null;
}

/** Problems of row times. With `few_unread`, `no_offset` and `ahead` the times are used. */
export const ROW_TIMES_PROBLEMS = [
  "no_column", // TIME_COLUMN names a column that the source lacks
  "no_times", // every cell is empty
  "mixed_units", // more than BAD_ROWS_MAX_PCT have another unit than most
  "unreadable", // more than BAD_ROWS_MAX_PCT are not a time
  "few_unread", // up to BAD_ROWS_MAX_PCT are not a time in the column's unit
  "no_offset", // ISO 8601 without UTC offset, read as UTC
  "ahead", // most are ahead of this machine's clock; they count as the time of the fetch
] as const;

export type RowTimesProblem = typeof ROW_TIMES_PROBLEMS[number];

/** `GET /stats` → 200. */
export interface StatsAnswer {
  service: "metrics_server";
  /** The version of the product. */
  version: string;
  /** SHARD, such as `1/4`; null if all rows are kept. */
  shard: string | null;
  uptime_ms: number;
  endpoints: Record<string, EndpointStats>;
  poller: Omit<
    SourceStats,
    | "url"
    | "snapshot_id"
    | "restored"
    | "freshness"
    | "last_error"
    | "time_source"
    | "row_times"
    | "repeated_columns"
    | "replica"
  >;
  sources: SourceStats[];
  /** Null without SNAPSHOT_STORE. */
  store: StoreStats | null;
  log: { lines_dropped: number };
  event_loop: { block_max_ms: number };
}

/** `application/problem+json` (RFC 9457). */
export interface ProblemAnswer {
  /** `urn:fabric-telemetry:problem:<slug>`. */
  type: string;
  title: string;
  status: number;
  /** What happened, with the value, and what to do. */
  detail: string;
  [extension: string]: unknown;
}
