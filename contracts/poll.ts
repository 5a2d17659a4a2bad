/** Causes of failed polls, and circuit states. */

/** Every cause a failed poll can have; `/stats` counts them and `poll.error` names them. */
export const POLL_CAUSES = [
  // The network or the exchange
  "refused", // no listener, or the host is unreachable
  "dns", // the host name does not resolve
  "tls", // the certificate or the handshake was not accepted
  "reset", // the connection broke before or during the answer
  "timeout", // the whole exchange took longer than POLL_TIMEOUT_MS
  "http_3xx", // a redirect, which is not followed
  "http_4xx",
  "http_5xx",
  "http_status", // any other status without a sample, and a 304 to an unconditional request
  "too_large", // more than UPSTREAM_MAX_BYTES, UPSTREAM_MAX_ROWS or UPSTREAM_MAX_CELLS
  "truncated", // shorter than announced, or the last row is torn
  // The body
  "encoding", // unknown content coding or charset, or the body is not what they declare
  "html", // a page, with status 200
  "json", // JSON, with status 200
  "empty", // no bytes
  "no_rows", // only a header
  "no_id_column", // no header, or one without the identity columns
  "too_many_bad_rows", // more than BAD_ROWS_MAX_PCT
  "row_too_long", // a line longer than ROW_BYTES_MAX
  "too_many_columns", // more than COLUMNS_MAX
  "older_snapshot", // the timestamp went back and the source did not restart
  "internal", // a defect of this service; polling continues
] as const;

export type PollCause = typeof POLL_CAUSES[number];

/** Circuit breaker states: `open` polls rarely, `half_open` is the poll that may close it. */
export const CIRCUIT_STATES = ["closed", "open", "half_open"] as const;

export type CircuitState = typeof CIRCUIT_STATES[number];
