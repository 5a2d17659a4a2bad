/** Bounds of the HTTP client: everything it holds or waits for has one. */

/** Connections of one run. */
export const CONNECTIONS_MAX = 10_000;
/** Different requests of one run. */
export const TARGETS_MAX = 100_000;
/** Window of one run, in milliseconds. */
export const DURATION_MS_MAX = 3_600_000;
/** Arrival rate of an open loop, in requests per second. */
export const RATE_PER_S_MAX = 1_000_000;
/** Arrivals of an open loop that wait for a free connection. Later arrivals are dropped. */
export const QUEUED_ARRIVALS_MAX = 65_536;
/** Read buffer of one connection, in bytes. */
export const READ_BUFFER_BYTES = 65_536;
/** Response head, in bytes. */
export const HEAD_BYTES_MAX = 32_768;
/** Response body, in bytes. */
export const BODY_BYTES_MAX = 268_435_456;
/** Chunk size line, in bytes, with its extensions. */
export const CHUNK_LINE_BYTES_MAX = 1_024;
/** Trailer section of a chunked body, in bytes. */
export const TRAILER_BYTES_MAX = 8_192;
/** Informational (1xx) responses before the final one. */
export const INFORMATIONAL_RESPONSES_MAX = 8;
/** Time to connect, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** Time from sending a request to the last byte of its response, in milliseconds. */
export const RESPONSE_TIMEOUT_MS = 10_000;
/** Time between two checks for expired requests, in milliseconds. */
export const TIMEOUT_SWEEP_MS = 100;
/** Pause before the first reconnect after an error, in milliseconds. It doubles with each error. */
export const RECONNECT_PAUSE_MS_MIN = 10;
/** Longest pause before a reconnect, in milliseconds. */
export const RECONNECT_PAUSE_MS_MAX = 1_000;
/** Timer of an open loop, in milliseconds. It fires about every 2 ms. */
export const ARRIVAL_TICK_MS = 1;
