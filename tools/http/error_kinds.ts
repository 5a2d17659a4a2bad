/** Why an exchange failed: one word for each cause, counted and never thrown. */

/** Violations of HTTP/1.1 (RFC 9112) in a response. */
const PARSE_FAULTS = [
  "bad_status_line",
  "bad_header",
  "bad_content_length",
  "both_lengths", // Content-Length and Transfer-Encoding together
  "bad_transfer_encoding", // anything but a single `chunked`
  "bad_chunk",
  "head_too_large",
  "body_too_large",
  "too_many_informational",
  "unexpected_upgrade", // 101 without a request for an upgrade
  "unexpected_bytes", // bytes after the end of the response
] as const;

export type ParseFault = typeof PARSE_FAULTS[number];

/** Every way an exchange can fail. */
export const ERROR_KINDS = [
  "connect_refused",
  "connect_timeout",
  "connect_failed",
  "reset", // the connection broke during the exchange
  "closed_early", // the server closed before the end of the response
  "timeout", // the response was not complete in time
  ...PARSE_FAULTS,
] as const;

export type ErrorKind = typeof ERROR_KINDS[number];
