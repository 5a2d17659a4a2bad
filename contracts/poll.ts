/** Why a poll failed: one word for each row of the table of bad upstream data. */

/** Every cause a failed poll can have; `/stats` counts them and `poll.error` names them. */
export const POLL_CAUSES = [
  // The network or the exchange
  "refused", // nothing listens there, or the host cannot be reached
  "dns", // the host name does not resolve
  "tls", // the certificate or the handshake was not accepted
  "reset", // the connection broke before or while the answer came
  "timeout", // the whole exchange took longer than POLL_TIMEOUT_MS
  "http_3xx", // a redirect: it is not followed
  "http_4xx",
  "http_5xx",
  "http_status", // any other status that carries no sample, and a 304 nobody asked for
  "too_large", // more than UPSTREAM_MAX_BYTES
  "truncated", // shorter than announced, or the last row is torn
  // The body
  "html", // a page, with status 200
  "json", // JSON, with status 200
  "empty", // no bytes
  "no_rows", // a header and nothing else
  "no_id_column", // no header, or one without the identity columns
  "repeated_column", // two columns of one name
  "too_many_bad_rows", // more than BAD_ROWS_MAX_PCT
  "row_too_long", // a line longer than ROW_BYTES_MAX
  "too_many_columns", // more than COLUMNS_MAX
  "older_snapshot", // the timestamp went back and the source did not restart
  "internal", // a defect of ours, kept from stopping the poller
] as const;

/** One of {@link POLL_CAUSES}. */
export type PollCause = typeof POLL_CAUSES[number];

/** Circuit breaker states: `open` polls seldom, `half_open` is the one poll that may close it. */
export type CircuitState = "closed" | "open" | "half_open";
