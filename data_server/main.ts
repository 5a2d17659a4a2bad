/**
 * Starts data_server from environment variables and stops it on SIGTERM or SIGINT:
 * exit code 0 after a graceful stop, 78 for an invalid configuration.
 */
import {
  ConfigError,
  createLog,
  exitWithUsage,
  loadEnv,
  type LogSink,
  onStopSignal,
  systemClock,
} from "../platform/mod.ts";
import { ENDPOINTS } from "./app.ts";
import { type DataServerConfig, readDataServerConfig } from "./config.ts";
import { type DataServer, startDataServer } from "./server.ts";

/** How long a stop waits for responses in progress before it aborts them. */
const DRAIN_MS = 1_200;

/** How long a stop then waits for the log. */
const LOG_CLOSE_MS = 300;

await main().catch((error) => {
  if (error instanceof ConfigError) exitWithUsage(error);
  throw error;
});

async function main(): Promise<void> {
  const { config, clamped } = readDataServerConfig(loadEnv());
  const log = createLog({ service: "data_server", level: config.LOG_LEVEL, endpoints: ENDPOINTS });
  for (const change of clamped) log.warn("config.clamped", { ...change });
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
