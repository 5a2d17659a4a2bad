/**
 * Starts data_server from environment variables and stops it on SIGTERM or SIGINT:
 * exit code 0 after a graceful stop, 78 for an invalid configuration.
 */
import {
  closeEnv,
  ConfigError,
  createLog,
  exitWithFlags,
  exitWithUsage,
  ignoredSettings,
  loadEnv,
  type LogSink,
  onStopSignal,
  systemClock,
} from "../platform/mod.ts";
import { ENDPOINTS } from "./app.ts";
import { type DataServerConfig, readDataServerConfig, SPEC } from "./config.ts";
import { type DataServer, startDataServer } from "./server.ts";

/** How long a stop waits for responses in progress before it aborts them. */
const DRAIN_MS = 1_200;

/** How long a stop then waits for the log. */
const LOG_CLOSE_MS = 300;

const HELP = `Serves simulated telemetry as CSV.

deno task data            starts it; settings are variables: see .env.example
deno task data --version  its version

SIGTERM, SIGINT and SIGHUP stop it gracefully; a second signal ends it at once.
Exit codes: 0 stopped, 78 a setting cannot be used.`;

await main().catch((error) => {
  if (error instanceof ConfigError) exitWithUsage(error);
  throw error;
});

async function main(): Promise<void> {
  exitWithFlags(Deno.args, { name: "data_server", help: HELP });
  const { config, clamped } = readDataServerConfig(loadEnv());
  const ignored = ignoredSettings(Object.keys(SPEC));
  closeEnv();
  const log = createLog({ service: "data_server", level: config.LOG_LEVEL, endpoints: ENDPOINTS });
  for (const change of clamped) log.warn("config.clamped", { ...change });
  for (const one of ignored) log.warn("config.ignored", { ...one });
  const stop_signal = onStopSignal();
  const server = await start(config, log);
  log.info("startup", {
    url: server.url,
    port: server.port,
    config: { ...config, SEED: server.seed },
  });
  const reason = await stop_signal;
  const drained = await server.stop(DRAIN_MS);
  log.info("shutdown", { reason, drained, uptime_ms: Math.round(systemClock.monotonic_ms()) });
  await log.close(LOG_CLOSE_MS);
  Deno.exit(0);
}

async function start(config: DataServerConfig, log: LogSink): Promise<DataServer> {
  try {
    return await startDataServer(config, { clock: systemClock, log, entropy: secureFraction });
  } catch (error) {
    await log.close(LOG_CLOSE_MS);
    throw error;
  }
}

/** A fraction, 0 ≤ x < 1, with 53 secure random bits. */
function secureFraction(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}
