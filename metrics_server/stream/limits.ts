/** Limits of streams. */

/** Open streams per serving thread; each takes about 72 KB, 59 KB of them in Deno. */
export const STREAMS_MAX = 5_000;

/** Whole snapshots of all different filters together, as JSON; estimated before a stream opens. */
export const STREAM_BYTES_MAX = 96 * 1024 * 1024;

/** One event; longer snapshots and changes continue in `part` events. */
export const STREAM_EVENT_BYTES_MAX = 8 * 1024 * 1024;

/** Unread bytes of a reader, in whole snapshots of its filter; a reader with more is dropped. */
export const STREAM_BACKLOG_SNAPSHOTS_MAX = 2;

/** Unread bytes that any reader may have: small snapshots are hardly longer than event heads. */
export const STREAM_BACKLOG_BYTES_MIN = 4096;

/** Changes of one filter kept for readers that resume, at most one snapshot's bytes of them. */
export const STREAM_RESUME_CHANGES_MAX = 8;

/** Open WebSockets per serving thread, each counted until its connection has ended. */
export const STREAM_SOCKETS_MAX = 100;

/** Unsent bytes of all WebSockets of a thread; an event is copied for each of them. */
export const STREAM_SOCKETS_BYTES_MAX = 16 * 1024 * 1024;

/** Unsent bytes of a WebSocket up to which it gets the next event. */
export const STREAM_SOCKET_BYTES_MAX = 64 * 1024;

/** Interval of checks whether a WebSocket has room for waiting events. */
export const STREAM_SOCKET_LOOK_MS = 100;

/** Time for a dropped reader to receive the reason. */
export const STREAM_END_MS_MAX = 10_000;

export const STREAM_HEARTBEAT_MS = 15_000;
