/** The door of metrics_server. */
export { type MetricsServer, startMetricsServer } from "./app.ts";
export {
  METRICS_SERVER_SPEC,
  type MetricsServerConfig,
  readMetricsServerConfig,
} from "./config.ts";
export { CsvParser } from "./parse/mod.ts";
