/** The launcher's configuration; the services read theirs themselves. */
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
    description: "Port of data_server under `deno task dev` and `deno task dev:cluster`; " +
      "0 picks a free one",
  }),
  METRICS_PORT: port({
    default: 8080,
    description: "Port of metrics_server under `deno task dev`, of HAProxy under " +
      "`deno task dev:cluster`; 0 picks a free one",
  }),
  DATA_PROFILE: choice({
    default: "fabric",
    of: ["fabric", "ufm"],
    description: "data_server's: sets the path that metrics_server polls",
  }),
  LOG_LEVEL: choice({
    default: "INFO",
    of: ["DEBUG", "INFO", "WARN", "ERROR"],
    description: "The services': whether they log the `startup` event",
  }),
  BIND_HOST: text({
    default: "127.0.0.1",
    description: "Address of both services; 0.0.0.0 lets other machines read them",
  }),
  LOG_FORMAT: choice({
    default: "auto",
    of: ["auto", "json", "text"],
    description:
      "Log of `deno task dev` and `deno task dev:cluster`: json (NDJSON) or text (lines " +
      "for people); auto: text on a terminal, else json",
  }),
  UPSTREAM_URL: optional(text({
    description: "metrics_server's: a source other than this data_server",
  })),
};

/** Variables of `deno task dev:cluster`. */
export const CLUSTER_SPEC = {
  ...LAUNCH_SPEC,
  STATS_PORT: port({
    default: 8404,
    description: "Port of HAProxy's own page under `deno task dev:cluster`; 0 picks a free one",
  }),
  REDIS_PORT: port({
    default: 6380,
    description: "Port of Redis under `deno task dev:cluster`; 0 picks a free one",
  }),
};

export type ClusterConfig = Config<typeof CLUSTER_SPEC>;

export type LaunchConfig = Config<typeof LAUNCH_SPEC>;

/** Throws a ConfigError if metrics_server could not learn or poll data_server's port. */
export function checkDataPort(config: LaunchConfig): void {
  const { DATA_PORT, LOG_LEVEL, UPSTREAM_URL } = config;
  if (DATA_PORT === 0 && !startupIsLogged(config)) {
    throw new ConfigError(
      `DATA_PORT=0: must be 1–65535 if LOG_LEVEL is ${LOG_LEVEL}, got 0: ` +
        `the startup event, at INFO, reports the picked port`,
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

/** URL that metrics_server polls: UPSTREAM_URL, else data_server's at `data_url`. */
export function upstreamUrl(config: LaunchConfig, data_url: string): string {
  return config.UPSTREAM_URL ?? data_url + PATH_OF_PROFILE[config.DATA_PROFILE];
}

/** Base URL of data_server at its fixed port, without a trailing slash. */
export function fixedDataUrl({ BIND_HOST, DATA_PORT }: LaunchConfig): string {
  return `http://${reachableHost(BIND_HOST)}:${DATA_PORT}`;
}

/** Whether LOG_LEVEL lets the services' `startup` event through. */
export function startupIsLogged(config: LaunchConfig): boolean {
  return config.LOG_LEVEL === "DEBUG" || config.LOG_LEVEL === "INFO";
}
