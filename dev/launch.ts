/**
 * `deno task dev`: data_server and metrics_server as two child processes, with one NDJSON stream on
 * stdout. If one ends, the other is stopped; the exit code is the ended service's, or 1
 * instead of 0. SIGINT, SIGTERM, SIGHUP and the end of the parent process stop both: exit code 0.
 *
 * After `kill -9` of the launcher the services run on; the next start names the port that is taken.
 */
import { ConfigError, exitWithUsage, loadEnv, readConfig } from "../platform/mod.ts";
import {
  checkDataPort,
  fixedDataUrl,
  LAUNCH_SPEC,
  type LaunchConfig,
  startupIsLogged,
  upstreamUrl,
} from "./config.ts";
import { startService } from "./service_process.ts";
import { lineSink, parentGone, stopRequest, supervise, writeStdout } from "./supervise.ts";

function readLaunchConfig(): LaunchConfig {
  const { config } = readConfig(LAUNCH_SPEC, loadEnv());
  checkDataPort(config);
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
    stop: Promise.race([stopRequest(), parentGone(() => Deno.ppid)]),
    say: (line) => Deno.stderr.writeSync(new TextEncoder().encode(`dev: ${line}\n`)),
  });
}

try {
  Deno.exit(await launch(readLaunchConfig()));
} catch (error) {
  if (error instanceof ConfigError) exitWithUsage(error);
  throw error;
}
