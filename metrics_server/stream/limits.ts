/** Bounds of the streams. */

/** Streams of one serving thread at a time; each takes about 72 KB, 59 of them Deno's. */
export const STREAMS_MAX = 5_000;

/** Cells (rows × fields) of one stream: its largest event has about 25 times as many bytes. */
export const STREAM_CELLS_MAX = 200_000;

/** Cells of all streams with different filters together: they are compared with every snapshot. */
export const STREAM_CELLS_TOTAL_MAX = 2_000_000;

/** Events that wait for a reader; one that leaves more unread is dropped. */
export const STREAM_BACKLOG_EVENTS_MAX = 4;

/** Bytes unsent in a WebSocket up to which it is handed the next event: it holds one more at most. */
export const STREAM_SOCKET_BYTES_MAX = 64 * 1024;

/** Time between two looks whether a WebSocket that has events waiting has room for them. */
export const STREAM_SOCKET_LOOK_MS = 100;

/** Time a dropped reader has to take the reason. */
export const STREAM_END_MS_MAX = 10_000;

/** Time between two heartbeats. */
export const STREAM_HEARTBEAT_MS = 15_000;
