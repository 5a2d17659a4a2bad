/**
 * `deno task dev`: data_server and metrics_server as two child processes, one NDJSON stream on
 * stdout. If one ends, the other is stopped and the exit code is the one of the service that
 * ended, or 1 where it claims success. SIGINT, SIGTERM and SIGHUP stop both: exit code 0.
 *
 * SIGKILL cannot be caught: after `kill -9` of the launcher the services run on, and the next start
 * says which port is taken.
 */
import { ConfigError, exitWithUsage, loadEnv, readConfig } from "../platform/mod.ts";
import { LAUNCH_SPEC, type LaunchConfig, startupIsLogged, upstreamUrl } from "./config.ts";
import { lineSink, writeStdout } from "./line_sink.ts";
import { type ServiceProcess, startService } from "./service_process.ts";
import { stopRequest } from "./stop_request.ts";

/** Exit code of a service that ended by itself without an error: nobody had asked it to. */
const EXIT_CODE_UNEXPECTED_END = 1;

if (import.meta.main) Deno.exit(await launch(readLaunchConfig()));

function readLaunchConfig(): LaunchConfig {
  try {
    const { config } = readConfig(LAUNCH_SPEC, loadEnv());
    if (config.DATA_PORT === 0 && config.UPSTREAM_URL === undefined && !startupIsLogged(config)) {
      throw new ConfigError(
        `DATA_PORT=0: must be 1–65535 with LOG_LEVEL=${config.LOG_LEVEL}: ` +
          `the port picked is told in the startup event, at INFO`,
      );
    }
    return config;
  } catch (error) {
    if (error instanceof ConfigError) exitWithUsage(error);
    throw error;
  }
}

async function launch(config: LaunchConfig): Promise<number> {
  const onLines = lineSink(writeStdout);
  const stop = stopRequest();
  const running: ServiceProcess[] = [];
  try {
    const data = startService("data_server", { env: { PORT: `${config.DATA_PORT}` }, onLines });
    running.push(data);
    const data_url = await Promise.race([dataUrl(config, data), stop.then(() => null)]);
    if (data_url !== null) {
      const env = { PORT: `${config.METRICS_PORT}`, UPSTREAM_URL: upstreamUrl(config, data_url) };
      running.push(startService("metrics_server", { env, onLines }));
    }
    const ended = running.map((service) => service.ended.then((code) => ({ service, code })));
    const first = await Promise.race([...ended, stop.then(() => null)]);
    if (first === null) return 0;
    await say(endMessage(first.service, first.code));
    return first.code === 0 ? EXIT_CODE_UNEXPECTED_END : first.code;
  } finally {
    await Promise.all(running.map((service) => service.stop()));
  }
}

/** Waits until data_server listens, where its log tells; null where it has ended instead. */
async function dataUrl(config: LaunchConfig, data: ServiceProcess): Promise<string | null> {
  if (startupIsLogged(config)) return (await data.startup)?.url ?? null;
  return `http://127.0.0.1:${config.DATA_PORT}`;
}

function endMessage({ name }: ServiceProcess, code: number): string {
  const port = name === "data_server" ? "DATA_PORT" : "METRICS_PORT";
  return code === 78
    ? `${name} did not start, see above (its PORT is ${port} here): the other service is stopped too`
    : `${name} ended with exit code ${code}: the other service is stopped too`;
}

async function say(line: string): Promise<void> {
  await Deno.stderr.write(new TextEncoder().encode(`dev: ${line}\n`));
}
