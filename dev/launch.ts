/**
 * `deno task dev`: data_server and metrics_server as two child processes, one NDJSON stream on
 * stdout. If one ends, the other is stopped and the exit code is the one of the service that
 * ended, or 1 where it claims success. SIGINT, SIGTERM and SIGHUP stop both: exit code 0.
 *
 * SIGKILL cannot be caught: after `kill -9` of the launcher the services run on, and the next start
 * says which port is taken.
 */
import { ConfigError, exitWithUsage, loadEnv, readConfig } from "../platform/mod.ts";
import {
  fixedDataUrl,
  LAUNCH_SPEC,
  type LaunchConfig,
  startupIsLogged,
  upstreamUrl,
} from "./config.ts";
import { lineSink, writeStdout } from "./line_sink.ts";
import { startService } from "./service_process.ts";
import { stopRequest } from "./stop_request.ts";
import { supervise } from "./supervise.ts";

function readLaunchConfig(): LaunchConfig {
  const { config } = readConfig(LAUNCH_SPEC, loadEnv());
  if (config.DATA_PORT === 0 && !startupIsLogged(config)) {
    throw new ConfigError(
      `DATA_PORT=0: must be 1–65535 where LOG_LEVEL is ${config.LOG_LEVEL}, got 0: ` +
        `the port picked is told in the startup event, at INFO`,
    );
  }
  return config;
}

function launch(config: LaunchConfig): Promise<number> {
  const onLines = lineSink(writeStdout);
  const { DATA_PORT, METRICS_PORT } = config;
  return supervise({
    startData: () => startService("data_server", { env: { PORT: `${DATA_PORT}` }, onLines }),
    dataUrl: async (data) =>
      startupIsLogged(config) ? (await data.startup)?.url ?? null : fixedDataUrl(config),
    startMetrics: (data_url) => {
      const env = { PORT: `${METRICS_PORT}`, UPSTREAM_URL: upstreamUrl(config, data_url) };
      return startService("metrics_server", { env, onLines });
    },
    stop: stopRequest(),
    say: (line) => Deno.stderr.writeSync(new TextEncoder().encode(`dev: ${line}\n`)),
  });
}

try {
  Deno.exit(await launch(readLaunchConfig()));
} catch (error) {
  if (error instanceof ConfigError) exitWithUsage(error);
  throw error;
}
