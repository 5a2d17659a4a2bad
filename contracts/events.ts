/** Names of the log events and the fields each one carries beside `ts, level, service, event`. */

/** Fields of each event, in the order they are written. */
export const EVENT_FIELDS = {
  // Both services
  "startup": ["url", "port", "config"],
  "shutdown": ["reason", "drained", "uptime_ms"],
  "config.clamped": ["variable", "value", "used", "min", "max"],
  "config.ignored": ["variable", "line", "detail"],
  "log.dropped": ["lines"],
  "http.access": [
    "endpoint",
    "status",
    "latency_ms",
    "age_ms",
    "bytes_sent",
    "switch_id",
    "metric",
    "client",
    "request_id",
  ],
  "http.error": ["detail"],
  "http.cut": ["reason"],
  // data_server
  "gen.tick": ["tick_ms", "interval_ms", "skew_ms", "snapshot_id"],
  "gen.inject_fault": ["kind", "delay_ms"],
  // metrics_server
  "poll.run": [
    "source",
    "status",
    "fetch_ms",
    "parse_ms",
    "apply_ms",
    "cycle_ms",
    "retries",
    "snapshot_id",
    "rows",
    "bad_rows",
    "bad_samples",
    "uneven_rows",
    "repeated_ids",
    "rows_left_out",
    "repeated_columns",
  ],
  "poll.error": ["source", "cause", "detail", "status", "retry_in_ms", "consecutive_failures"],
  "poll.row_times": ["source", "column", "unit", "unread_cells", "problem", "detail"],
  "poll.crash": ["detail", "restart_in_ms"],
  "snapshot.restored": ["source", "snapshot_id", "rows", "age_ms"],
  "snapshot.ignored": ["source", "detail"],
  "snapshot.adopted": ["source", "snapshot_id", "rows", "age_ms"],
  "snapshot.aged": ["source", "snapshot_id", "rows", "age_ms"],
  "store.error": ["source", "detail"],
  "store.recovered": ["source"],
  "replica.role": ["source", "role", "leader", "fence", "reason"],
  "access.open": ["detail"],
  "access.reload": ["detail"],
  "serve.crash": ["thread", "detail"],
} as const;

export type EventName = keyof typeof EVENT_FIELDS;
