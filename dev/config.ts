/** What `deno task dev` reads from the environment beside what the services read themselves. */
import {
  BLOCKED_PORTS_SOURCE,
  choice,
  type Config,
  ConfigError,
  isBlockedPort,
  optional,
  port,
  reachableHost,
  text,
} from "../platform/mod.ts";

/** Variables of the launcher; the services inherit everything. */
export const LAUNCH_SPEC = {
  DATA_PORT: port({
    default: 9001,
    description: "Port of data_server under `deno task dev`; 0 picks a free one",
  }),
  METRICS_PORT: port({
    default: 8080,
    description: "Port of metrics_server under `deno task dev`; 0 picks a free one",
  }),
  DATA_PROFILE: choice({
    default: "fabric",
    of: ["fabric", "ufm"],
    description: "data_server's: says which path metrics_server polls",
  }),
  LOG_LEVEL: choice({
    default: "INFO",
    of: ["DEBUG", "INFO", "WARN", "ERROR"],
    description: "The services': says whether their `startup` event can be waited for",
  }),
  BIND_HOST: text({
    default: "0.0.0.0",
    description: "The services': where data_server is reached if it is not every address",
  }),
  UPSTREAM_URL: optional(text({
    description: "metrics_server's: set it to poll something else than this data_server",
  })),
};

/** The launcher's configuration. */
export type LaunchConfig = Config<typeof LAUNCH_SPEC>;

/**
 * Refuses what each variable alone cannot tell.
 *
 * @throws {ConfigError} Where data_server's port could not be told, or not be polled.
 */
export function checkDataPort(config: LaunchConfig): void {
  const { DATA_PORT, LOG_LEVEL, UPSTREAM_URL } = config;
  if (DATA_PORT === 0 && !startupIsLogged(config)) {
    throw new ConfigError(
      `DATA_PORT=0: must be 1–65535 where LOG_LEVEL is ${LOG_LEVEL}, got 0: ` +
        `the port picked is told in the startup event, at INFO`,
    );
  }
  if (DATA_PORT !== 0 && UPSTREAM_URL === undefined && isBlockedPort(DATA_PORT)) {
    throw new ConfigError(
      `DATA_PORT=${DATA_PORT}: must be another port: fetch, which polls it, blocks ` +
        `${DATA_PORT}, see ${BLOCKED_PORTS_SOURCE}`,
    );
  }
}

const PATH_OF_PROFILE = { fabric: "/counters", ufm: "/csv/metrics" } as const;

/**
 * Where metrics_server polls: what the user has set, else the data_server at `data_url`.
 *
 * @param data_url Without a slash at the end, for example `http://127.0.0.1:9001`.
 */
export function upstreamUrl(config: LaunchConfig, data_url: string): string {
  return config.UPSTREAM_URL ?? data_url + PATH_OF_PROFILE[config.DATA_PROFILE];
}

/** Where data_server listens, worked out from its fixed port: without a slash at the end. */
export function fixedDataUrl({ BIND_HOST, DATA_PORT }: LaunchConfig): string {
  return `http://${reachableHost(BIND_HOST)}:${DATA_PORT}`;
}

/** Whether LOG_LEVEL lets the services' `startup` event through. */
export function startupIsLogged(config: LaunchConfig): boolean {
  return config.LOG_LEVEL === "DEBUG" || config.LOG_LEVEL === "INFO";
}
