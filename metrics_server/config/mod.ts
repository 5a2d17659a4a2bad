/** Environment variables of metrics_server: default, range, unit, meaning of each. */
import {
  type Config,
  type Env,
  readConfig,
  redactUrl,
  redactWrittenUrl,
} from "../../platform/mod.ts";
import { PROCESS_SPEC } from "./process.ts";
import { SERVING_SPEC } from "./serving.ts";
import { SOURCES_SPEC } from "./sources.ts";

export { openAccess } from "./access.ts";
export { fabricSettings, maxStaleMs, serveLimits } from "./serving.ts";
export { idColumns, sourceSettings } from "./sources.ts";

export const METRICS_SERVER_SPEC = { ...SOURCES_SPEC, ...SERVING_SPEC, ...PROCESS_SPEC };

export type MetricsServerConfig = Config<typeof METRICS_SERVER_SPEC>;

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
