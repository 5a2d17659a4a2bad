/** The door of metrics_server. */
export { newToken } from "./access/mod.ts";
export { type MetricsServer, startMetricsServer } from "./start.ts";
export {
  idColumns,
  maxStaleMs,
  METRICS_SERVER_SPEC,
  type MetricsServerConfig,
  readMetricsServerConfig,
} from "./config/mod.ts";
export * from "./openapi/mod.ts";
export { CsvParser, isUtf8, type ParsedBody, ParseError } from "./parse/mod.ts";
export {
  addressOf,
  type AnswerTimes,
  answerTimes,
  dataTime,
  formatOfBody,
  PollError,
  textOfBody,
} from "./poll/mod.ts";
export { readRowTimes, type TimeSettings } from "./snapshot/mod.ts";
