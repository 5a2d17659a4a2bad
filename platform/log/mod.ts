/** NDJSON log that never blocks the thread that logs. */
export { attachLog, createLog } from "./create_log.ts";
export { LOG_LEVELS, type LogLevel } from "./level.ts";
export type { Log, LogEvent, LogFields, LogOptions, LogPort, LogSink } from "./log.ts";
