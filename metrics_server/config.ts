/** Environment variables of metrics_server. */
import {
  readShard,
  ROW_TIME_COLUMNS,
  type Shard,
  SHARDS_MAX,
  TIME_UNITS,
} from "../contracts/mod.ts";
import {
  choice,
  type Config,
  type Env,
  integer,
  LOG_LEVELS,
  LOG_THREADS_MAX,
  port,
  readConfig,
  redactUrl,
  redactWrittenUrl,
  text,
  urlList,
} from "../platform/mod.ts";
import type { FabricSettings } from "./fabric/mod.ts";
import { LEASE_MS_MAX } from "./replicas/mod.ts";
import { storeProblem } from "./saved/mod.ts";
import { isAccessSetting, type ServeLimits } from "./serve/mod.ts";
import type { ColumnSettings } from "./snapshot/mod.ts";

/** Every variable: default, range, unit, meaning. */
export const METRICS_SERVER_SPEC = {
  UPSTREAM_URL: urlList({
    default: "http://127.0.0.1:9001/counters",
    max: 16,
    description: "Sources to poll, separated by commas; shards of one fabric, or several fabrics",
  }),
  POLL_MS: integer({
    default: 1500,
    min: 100,
    max: 3_600_000,
    unit: "ms",
    description: "Time from one poll of a source to the next",
  }),
  POLL_TIMEOUT_MS: integer({
    default: 2000,
    min: 50,
    max: 600_000,
    unit: "ms",
    description: "Longest time one poll may take, from connecting to the body's last byte",
  }),
  BACKOFF_MAX_MS: integer({
    default: 5000,
    min: 100,
    max: 3_600_000,
    unit: "ms",
    description:
      "Longest delay after a failed poll (POLL_MS if longer); a longer Retry-After is honoured, up to 5 min",
  }),
  UPSTREAM_MAX_BYTES: integer({
    default: 256 * 1024 * 1024,
    min: 1024,
    max: 1024 * 1024 * 1024,
    unit: "bytes",
    description: "Longest body taken from a source, after decompression",
  }),
  ID_COLUMNS: text({
    default: "",
    pattern: /^$|[^\s,|]/,
    must_be: "column names separated by commas, alternatives by |",
    description: "Columns that identify a row, in any case; alternatives after | for rows with " +
      "an empty cell there; empty: switch_id, else node_guid with port_num, port_number or " +
      "port, else sys_image_guid with aport",
  }),
  TIME_COLUMN: text({
    default: "",
    description: "Column with the time of each row, in any case; empty: " +
      `the first of ${ROW_TIME_COLUMNS.join(", ")} with readable times`,
  }),
  TIME_UNIT: choice({
    default: "auto",
    of: ["auto", ...TIME_UNITS],
    description: "Unit of row times: epoch s, ms, us, ns, or iso8601; auto: by their size and form",
  }),
  COUNTER_COLUMNS: text({
    default: "",
    description:
      "Further columns that are counters, as names in any case or beginnings with *, separated by " +
      "commas; empty: UFM's and data_server's, and whole numbers that never decrease",
  }),
  LABEL_COLUMNS: text({
    default: "",
    description:
      "Further columns that are labels, not metrics, written as in COUNTER_COLUMNS, which yields " +
      "to it; empty: UFM's, such as node_description and every GUID, and columns of text",
  }),
  MAX_STALE_MS: integer({
    default: 0,
    min: 0,
    max: 86_400_000,
    unit: "ms",
    // Clamped to 0, a negative bound would mean no bound.
    out_of_range: "refuse below",
    description: "Age above which data is answered with 503 instead; 0: never",
  }),
  FRESH_BOUND_MS: integer({
    default: 0,
    min: 0,
    max: 86_400_000,
    unit: "ms",
    out_of_range: "refuse below",
    description: "Age above which data counts as stale in /stats, /metrics, /readyz and on the " +
      "dashboard; 0: two learned data intervals plus POLL_MS; never above MAX_STALE_MS",
  }),
  READY_REQUIRES: choice({
    default: "any",
    of: ["any", "all"],
    description: "Sources that must have data within MAX_STALE_MS for /readyz to answer 200",
  }),
  SHARD: text({
    default: "",
    problemOf: (value) =>
      readShard(value) === null
        ? `must be i/n with 0 ≤ i < n ≤ ${SHARDS_MAX}, e.g. 0/4`
        : undefined,
    description:
      "Shard to keep, i/n with i from 0: rows whose id has crc32(id) % n = i; other ids " +
      "are answered 421; empty: all rows",
  }),
  SERVE_THREADS: integer({
    default: 1,
    min: 1,
    max: LOG_THREADS_MAX,
    unit: "threads",
    description: "Threads that answer requests, on one port (more than 1: Linux only)",
  }),
  METRICS_FABRIC: choice({
    default: "off",
    of: ["off", "on"],
    description: "Whether /metrics/fabric serves the telemetry itself to Prometheus",
  }),
  METRICS_FABRIC_COLUMNS: text({
    default: "",
    description:
      "Columns of /metrics/fabric unless a request has fields=, as names in any case or beginnings " +
      "with *, separated by commas; empty: every counter and gauge",
  }),
  METRICS_FABRIC_SERIES_MAX: integer({
    default: 400_000,
    min: 1,
    max: 1_000_000,
    unit: "series",
    description: "Most series of /metrics/fabric; further ones are left out and counted there",
  }),
  SNAPSHOT_STORE: text({
    default: "",
    problemOf: storeProblem,
    description:
      "Store for the last snapshots, served again after a restart: file:state (a folder), or " +
      "redis://user:password@host:6379/0 or rediss://… (TLS), shared by replicas of which one polls; " +
      "empty: none",
  }),
  SNAPSHOT_SAVE_MS: integer({
    default: 5000,
    min: 100,
    max: 3_600_000,
    unit: "ms",
    description:
      "With SNAPSHOT_STORE=file:…, shortest time from one save of a source's snapshot to the next",
  }),
  LEASE_MS: integer({
    default: 3000,
    min: 500,
    max: LEASE_MS_MAX,
    unit: "ms",
    description:
      "With SNAPSHOT_STORE=redis://…, length of the leader's lease, renewed every third of " +
      "it; when it ends, another replica polls; equal on all replicas",
  }),
  LOOP_PROBE_MS: integer({
    default: 100,
    min: 1,
    max: 60_000,
    unit: "ms",
    description: "How often the event loop is checked for being blocked",
  }),
  LOG_LEVEL: choice({
    default: "INFO",
    of: LOG_LEVELS,
    description: "Lowest level that is logged; requests are logged at INFO, see ACCESS_LOG",
  }),
  ACCESS_LOG: text({
    default: "all",
    problemOf: (value) =>
      isAccessSetting(value) ? undefined : "must be all, errors, off or sample:N, e.g. sample:100",
    description:
      "Requests that are logged, if LOG_LEVEL is INFO or DEBUG: all, errors (status 400 and " +
      "above), sample:N (errors, and one of N others), off; probes only at DEBUG",
  }),
  BIND_HOST: text({
    default: "0.0.0.0",
    description: "Address to listen on; 127.0.0.1 keeps the service to this machine",
  }),
  PORT: port({ default: 8080 }),
};

export type MetricsServerConfig = Config<typeof METRICS_SERVER_SPEC>;

export function readMetricsServerConfig(env: Env) {
  return readConfig(METRICS_SERVER_SPEC, env);
}

/** `MAX_STALE_MS`, or Infinity if it is 0. */
export function maxStaleMs({ MAX_STALE_MS }: MetricsServerConfig): number {
  return MAX_STALE_MS === 0 ? Infinity : MAX_STALE_MS;
}

/** Alternative sets of columns in `ID_COLUMNS`, such as `a,b|c,d`; none if it is empty. */
export function idColumns({ ID_COLUMNS }: Pick<MetricsServerConfig, "ID_COLUMNS">): string[][] {
  return ID_COLUMNS.split("|")
    .map(namesIn)
    .filter((set) => set.length > 0);
}

/** `COUNTER_COLUMNS` and `LABEL_COLUMNS`. */
function columnSettings({ COUNTER_COLUMNS, LABEL_COLUMNS }: MetricsServerConfig): ColumnSettings {
  return { counters: namesIn(COUNTER_COLUMNS), labels: namesIn(LABEL_COLUMNS) };
}

/** Names separated by commas. */
function namesIn(list: string): string[] {
  return list.split(",").map((name) => name.trim()).filter((name) => name !== "");
}

/** `SHARD`; undefined if all rows are kept. */
export function shardOf({ SHARD }: Pick<MetricsServerConfig, "SHARD">): Shard | undefined {
  return readShard(SHARD) ?? undefined;
}

/** Settings of the serving threads. */
export function serveLimits(config: MetricsServerConfig): ServeLimits {
  return {
    max_stale_ms: maxStaleMs(config),
    fresh_bound_ms: config.FRESH_BOUND_MS,
    poll_ms: config.POLL_MS,
    ready_requires: config.READY_REQUIRES,
    retry_after_s: Math.ceil(config.POLL_MS / 1000),
    fabric_columns: namesIn(config.METRICS_FABRIC_COLUMNS),
    shard: shardOf(config),
  };
}

/** Settings of `/metrics/fabric`; null if it is off. */
export function fabricSettings(config: MetricsServerConfig): FabricSettings | null {
  if (config.METRICS_FABRIC === "off") return null;
  const { METRICS_FABRIC_SERIES_MAX: series_max } = config;
  return { series_max, max_stale_ms: maxStaleMs(config) };
}

/** Settings of the poller of each source. */
export function sourceSettings(config: MetricsServerConfig) {
  return config.UPSTREAM_URL.map((url) => ({
    url,
    poll_ms: config.POLL_MS,
    timeout_ms: config.POLL_TIMEOUT_MS,
    backoff_max_ms: config.BACKOFF_MAX_MS,
    bytes_max: config.UPSTREAM_MAX_BYTES,
    id_columns: idColumns(config),
    row_times: { column: config.TIME_COLUMN, unit: config.TIME_UNIT },
    columns: columnSettings(config),
    shard: shardOf(config),
  }));
}

/** The configuration as it may be logged. */
export function withoutSecrets(config: MetricsServerConfig): MetricsServerConfig {
  const { UPSTREAM_URL, SNAPSHOT_STORE } = config;
  const store = SNAPSHOT_STORE.startsWith("file:")
    ? SNAPSHOT_STORE
    : redactWrittenUrl(SNAPSHOT_STORE);
  return { ...config, UPSTREAM_URL: UPSTREAM_URL.map(redactUrl), SNAPSHOT_STORE: store };
}
