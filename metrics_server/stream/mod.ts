/** Snapshots → streams of changes. */
export { StreamCounts, streamFamilies } from "./stream_counts.ts";
export * from "./limits.ts";
export { STREAM_EVENT_NAMES } from "./stream_event.ts";
export { SSE_CONTENT_TYPE, STREAM_PARAMETERS, Streams, type Upgrade } from "./streams.ts";
