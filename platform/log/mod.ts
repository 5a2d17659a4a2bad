/** NDJSON log that never blocks the thread that logs. */
export { createLog } from "./create_log.ts";
export { LOG_LEVELS, type LogLevel } from "./level.ts";
export type { Log, LogEvent, LogFields, LogOptions, LogPort, LogSink } from "./log.ts";
export {
  LOG_BATCH_BYTES,
  LOG_LINE_BYTES_MAX,
  LOG_NAP_MS,
  LOG_RING_BYTES,
  LOG_THREADS_MAX,
} from "./limits.ts";
export { attachLog } from "./ring_log.ts";
