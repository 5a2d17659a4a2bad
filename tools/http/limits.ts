/** Bounds of the HTTP client: nothing it holds or waits for is without one. */

/** Most connections of one run. */
export const CONNECTIONS_MAX = 10_000;

/** Most different requests of one run. */
export const TARGETS_MAX = 100_000;

/** Longest window of one run, in milliseconds. */
export const DURATION_MS_MAX = 3_600_000;

/** Highest arrival rate of an open loop, in requests a second. */
export const RATE_PER_S_MAX = 1_000_000;

/** Arrivals of an open loop that may wait for a free connection; one more is dropped and counted. */
export const QUEUED_ARRIVALS_MAX = 65_536;

/** Bytes one read takes from a connection, allocated once a connection. */
export const READ_BUFFER_BYTES = 65_536;

/** Longest response head, in bytes. */
export const HEAD_BYTES_MAX = 32_768;

/** Longest response body, in bytes. */
export const BODY_BYTES_MAX = 268_435_456;

/** Longest line that announces a chunk, in bytes, extensions included. */
export const CHUNK_LINE_BYTES_MAX = 1_024;

/** Longest trailer section of a chunked body, in bytes. */
export const TRAILER_BYTES_MAX = 8_192;

/** Informational (1xx) answers before the final one. */
export const INFORMATIONAL_ANSWERS_MAX = 8;

/** Time a connection may take to come up, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 5_000;

/** Time from sending a request to the last byte of its answer, in milliseconds. */
export const RESPONSE_TIMEOUT_MS = 10_000;

/** How often outstanding requests are checked against their timeout, in milliseconds. */
export const TIMEOUT_SWEEP_MS = 100;

/** Pause before the first reconnect after an error, in milliseconds; doubles up to the next limit. */
export const RECONNECT_PAUSE_MS_MIN = 10;

/** Longest pause before a reconnect, in milliseconds. */
export const RECONNECT_PAUSE_MS_MAX = 1_000;

/** Timer an open loop asks for between two looks at what is due, in milliseconds; it gets about 2. */
export const ARRIVAL_TICK_MS = 1;
