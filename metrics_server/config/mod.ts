/** Environment variables of metrics_server: default, range, unit, meaning of each. */
import {
  type Config,
  type Env,
  httpUrl,
  readConfig,
  redactUrl,
  redactWrittenUrl,
} from "../../platform/mod.ts";
import { accessEvery } from "../serve/mod.ts";
import type { ServingSettings } from "../serving.ts";
import { ACCESS_SPEC } from "./access.ts";
import { PROCESS_SPEC } from "./process.ts";
import { serveLimits, SERVING_SPEC } from "./serving.ts";
import { SOURCES_SPEC } from "./sources.ts";

export { openAccess } from "./access.ts";
export { fabricSettings, maxStaleMs } from "./serving.ts";
export { idColumns, sourceSettings } from "./sources.ts";

export const METRICS_SERVER_SPEC = {
  ...SOURCES_SPEC,
  ...SERVING_SPEC,
  ...ACCESS_SPEC,
  ...PROCESS_SPEC,
};

export type MetricsServerConfig = Config<typeof METRICS_SERVER_SPEC>;

/** Settings that all serving threads have in common. */
export function servingSettings(
  config: MetricsServerConfig,
): Omit<ServingSettings, "port" | "thread" | "started_epoch_ms" | "access"> {
  return {
    hostname: config.BIND_HOST,
    reuse_port: config.SERVE_THREADS > 1,
    limits: serveLimits(config),
    loop_probe_ms: config.LOOP_PROBE_MS,
    access_every: accessEvery(config.ACCESS_LOG),
    allowed_hosts: config.ALLOWED_HOSTS,
    needs_token_for_metrics: config.AUTH_METRICS === "on",
    cors_origins: config.CORS_ORIGINS,
    prometheus_url: httpUrl(config.PROMETHEUS_URL) ?? "",
    has_websockets: config.STREAM_WEBSOCKET === "on",
  };
}

export function readMetricsServerConfig(env: Env) {
  return readConfig(METRICS_SERVER_SPEC, env);
}

/** The configuration as it may be logged. */
export function withoutSecrets(config: MetricsServerConfig): MetricsServerConfig {
  const { UPSTREAM_URL, SNAPSHOT_STORE } = config;
  const store = SNAPSHOT_STORE.startsWith("file:")
    ? SNAPSHOT_STORE
    : redactWrittenUrl(SNAPSHOT_STORE);
  return { ...config, UPSTREAM_URL: UPSTREAM_URL.map(redactUrl), SNAPSHOT_STORE: store };
}
