/** metrics_server: polls the sources and answers clients. `deno task metrics` runs it. */
import { ConfigError, exitWithUsage, loadEnv, onStopSignal } from "../platform/mod.ts";
import { readMetricsServerConfig, startMetricsServer } from "./mod.ts";

try {
  const { config, clamped } = readMetricsServerConfig(loadEnv());
  const stop_signal = onStopSignal();
  const server = await startMetricsServer(config, clamped);
  const reason = await Promise.race([stop_signal, server.lost.then(() => "lost a thread")]);
  await server.stop(reason);
  Deno.exit(reason === "lost a thread" ? 1 : 0);
} catch (error) {
  if (error instanceof ConfigError) exitWithUsage(error);
  throw error;
}
