/** Bounds of the proxy. */

/** Clients connected at once; one more is closed. */
export const CLIENT_CONNECTIONS_MAX = 1_000;
/** Longest head and body of a request that are held, in bytes. */
export const REQUEST_BYTES_MAX = 1_048_576;
/** Longest body of the source that is held, in bytes. */
export const SOURCE_BODY_BYTES_MAX = 268_435_456;
/** How long connecting to the source may take, in milliseconds. */
export const SOURCE_CONNECT_MS_MAX = 5_000;
/** Fastest an endless body goes out, in bytes a second: the lab's own CPU is not what is tested. */
export const ENDLESS_BYTES_PER_S_MAX = 33_554_432;
/** Time between two drops of a body that drips, in milliseconds. */
export const DRIP_EVERY_MS = 20;
/** A fault falls off by itself this long after its duration, in milliseconds. */
export const FALL_OFF_SLACK_MS = 2_000;
/** Longest time a fault may be on, in milliseconds. */
export const TTL_MS_MAX = 3_600_000;
/** Longest body the control API takes, in bytes. */
export const CONTROL_BODY_BYTES_MAX = 65_536;
/** Pause after a connection could not be accepted, in milliseconds. */
export const ACCEPT_PAUSE_MS = 50;
