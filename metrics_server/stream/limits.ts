/** Limits of streams. */

/** Open streams per serving thread; each takes about 72 KB, 59 KB of them in Deno. */
export const STREAMS_MAX = 5_000;

/** Cells (rows × fields) of one stream; its largest event has about 25 bytes per cell. */
export const STREAM_CELLS_MAX = 200_000;

/** Cells of all different filters together: each snapshot is compared with them. */
export const STREAM_CELLS_TOTAL_MAX = 2_000_000;

/** Events that wait for a reader; a reader with more is dropped. */
export const STREAM_BACKLOG_EVENTS_MAX = 4;

/** Unsent bytes of a WebSocket up to which it gets the next event. */
export const STREAM_SOCKET_BYTES_MAX = 64 * 1024;

/** Interval of checks whether a WebSocket has room for waiting events. */
export const STREAM_SOCKET_LOOK_MS = 100;

/** Time for a dropped reader to receive the reason. */
export const STREAM_END_MS_MAX = 10_000;

export const STREAM_HEARTBEAT_MS = 15_000;
