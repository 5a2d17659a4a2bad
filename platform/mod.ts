/** Shared base of both services: configuration, log, metrics, HTTP, tracing, stopping. */
export { allowedHosts, allowedHostsProblem, foreignCaller } from "./allowed_hosts.ts";
export { joinBytes } from "./bytes.ts";
export * from "./clock.ts";
export { commaList } from "./comma_list.ts";
export {
  BODY_START_BYTES,
  describeStart,
  formatOf,
  hasZlibHeader,
  isText,
} from "./content_coding/body_start.ts";
export * from "./content_coding/content_encoding.ts";
export { decodeContent, withStart } from "./content_coding/decode_content.ts";
export { ConfigError, EXIT_CODE_CONFIG, exitWithUsage } from "./env/config_error.ts";
export {
  choice,
  type Clamped,
  type Entry,
  integer,
  number,
  optional,
  port,
  text,
} from "./env/entry.ts";
export { type Ignored, nearMisses } from "./env/ignored.ts";
export { closeEnv, ignoredSettings, loadEnv } from "./env/load_env.ts";
export * from "./env/read_config.ts";
export { BLOCKED_PORTS_SOURCE, httpUrl, isBlockedPort, urlList } from "./env/url_list.ts";
export { demandPair, FileSetting } from "./file_setting.ts";
export { exitWithFlags } from "./flags.ts";
export * from "./listen.ts";
export { attachLog, createLog } from "./log/create_log.ts";
export { LOG_LABELS_MAX, LOG_THREADS_MAX } from "./log/limits.ts";
export * from "./log/log.ts";
export { addDurations, DURATION_BOUNDS_MS, Durations } from "./metrics/durations.ts";
export * from "./metrics/exposition.ts";
export { LatencyWindow, mergeLatency } from "./metrics/latency_window.ts";
export * from "./metrics/metrics_response.ts";
export { percentile } from "./metrics/percentile.ts";
export * from "./metrics/process_metrics.ts";
export * from "./metrics/request_durations.ts";
export * from "./metrics/shared_cells.ts";
export { didYouMean, nearest } from "./nearest.ts";
export { acceptsEncodings } from "./negotiation.ts";
export { printable } from "./printable.ts";
export * from "./problem.ts";
export {
  basicCredentials,
  isSecretName,
  redacting,
  redactText,
  redactUrl,
  redactWrittenUrl,
  secretsOf,
} from "./redact.ts";
export * from "./request.ts";
export { requestIdOf } from "./request_id.ts";
export { STATUS_TEXT, type StatusCode } from "./status_text.ts";
export * from "./stop.ts";
export * from "./tracing.ts";
export * from "./worker_options.ts";
