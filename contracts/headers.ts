/** Header names both sides of the wire agree on, in the lower case `Headers` uses. */

/** Age of the answer's data in whole milliseconds, on every data answer of metrics_server. */
export const HEADER_DATA_AGE_MS = "x-data-age-ms";

/** Time of the data: epoch milliseconds, on every data answer of both services. */
export const HEADER_SNAPSHOT_TS = "x-snapshot-ts";

/**
 * URLs of sources without a snapshot yet, percent-encoded, on lists in a format without a place for
 * them: `http://a:9001/metrics, http://b:9001/metrics`.
 */
export const HEADER_MISSING_SOURCES = "x-missing-sources";

/** Age of the oldest listed row in whole milliseconds, on lists of rows with own times. */
export const HEADER_OLDEST_ROW_AGE_MS = "x-oldest-row-age-ms";

/** Rows of the page that `max_row_age_ms` left out. */
export const HEADER_ROWS_TOO_OLD = "x-rows-too-old";

/** Shard of the listed rows, on lists of a process with SHARD: `1/4`. */
export const HEADER_SHARD = "x-shard";

export const CSV_CONTENT_TYPE = "text/csv; charset=utf-8";

/** `Content-Type` of every JSON answer that is not an error. */
export const JSON_CONTENT_TYPE = "application/json";

/** `Content-Type` of every error answer (RFC 9457). */
export const PROBLEM_CONTENT_TYPE = "application/problem+json";
