/** Why an exchange gave no answer: one word for each way, counted and never thrown. */

/** Ways in which the bytes of an answer are not HTTP/1.1 as RFC 9112 has it. */
export const PARSE_FAULTS = [
  "bad_status_line",
  "bad_header",
  "bad_content_length",
  "both_lengths", // Content-Length and Transfer-Encoding at once
  "bad_transfer_encoding", // anything but a single `chunked`
  "bad_chunk",
  "head_too_large",
  "body_too_large",
  "too_many_informational",
  "unexpected_upgrade", // 101 without having been asked
  "unexpected_bytes", // more bytes than the one answer that was due
] as const;

/** One of {@link PARSE_FAULTS}. */
export type ParseFault = typeof PARSE_FAULTS[number];

/** Everything that can go wrong with one exchange. */
export const ERROR_KINDS = [
  "connect_refused",
  "connect_timeout",
  "connect_failed",
  "reset", // the connection broke while the request was written or the answer read
  "closed_early", // the server closed before the answer was whole
  "timeout", // the answer was not whole in time
  ...PARSE_FAULTS,
] as const;

/** One of {@link ERROR_KINDS}. */
export type ErrorKind = typeof ERROR_KINDS[number];
