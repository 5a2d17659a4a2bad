/** Bounds of what scripts send and receive. */

/** Bytes one read takes from a connection; each connection has a buffer of that size. */
export const READ_BYTES = 32_768;

/** Bytes answers are gathered in before a new piece of memory is taken. */
export const SLAB_BYTES = 16_384;

/** Longest body a script can receive, in bytes. */
export const BODY_BYTES_MAX = 268_435_456;

/** Prepared requests kept for the next time the script asks the same. */
export const PREPARED_MAX = 10_000;

/** Idle connections one VU keeps for one host. */
export const IDLE_CONNECTIONS_MAX = 6;

/** How often outstanding requests are checked against their timeout, in milliseconds. */
export const SWEEP_MS = 50;

/** Cookies one jar holds. */
export const COOKIES_MAX = 1_000;

/** Default `timeout` of a request, in milliseconds. */
export const REQUEST_TIMEOUT_MS = 60_000;
