/** Starts and stops metrics_server: settings, files that are read again, log, threads. */
import { type Clamped, createLog, type Ignored } from "../platform/mod.ts";
import { AccessFiles } from "./access_files.ts";
import { DRAIN_MS_MAX, Threads } from "./app.ts";
import { type MetricsServerConfig, openAccess, withoutSecrets } from "./config/mod.ts";
import { ENDPOINTS } from "./serve/mod.ts";

/** Least time to write the log after that; time that draining did not need is added. */
const LOG_FLUSH_MS_MAX = 500;

export interface MetricsServer {
  readonly url: string;
  readonly port: number;
  /** Resolves when a serving thread crashes: the others continue, with less capacity. */
  readonly lost: Promise<void>;
  /** Stops gracefully, within `DRAIN_MS_MAX + LOG_FLUSH_MS_MAX`. */
  stop(reason: string): Promise<void>;
}

/** Starts the service; data requests get 503 until the first snapshot. Throws `ConfigError`. */
export async function startMetricsServer(
  config: MetricsServerConfig,
  clamped: readonly Clamped[],
  ignored: readonly Ignored[] = [],
): Promise<MetricsServer> {
  const log = createLog({
    service: "metrics_server",
    level: config.LOG_LEVEL,
    endpoints: ENDPOINTS,
  });
  const started_epoch_ms = Date.now();
  for (const clamping of clamped) log.warn("config.clamped", { ...clamping });
  for (const one of ignored) log.warn("config.ignored", { ...one });
  try {
    const files = await AccessFiles.open(config);
    const threads = new Threads(config, log, started_epoch_ms, files);
    await threads.start();
    files.watch(threads, log);
    const { url, port } = threads.server;
    log.info("startup", { url, port, config: withoutSecrets(config) });
    const detail = openAccess({ ...config, PORT: port });
    if (detail !== null) log.warn("access.open", { detail });
    return {
      url,
      port,
      lost: threads.lost.promise,
      async stop(reason) {
        const stopped_ms = performance.now();
        files.close();
        const drained = await threads.stop();
        log.info("shutdown", { reason, drained, uptime_ms: Date.now() - started_epoch_ms });
        const left_ms = DRAIN_MS_MAX - (performance.now() - stopped_ms);
        await log.close(LOG_FLUSH_MS_MAX + Math.max(0, left_ms));
      },
    };
  } catch (error) {
    await log.close(LOG_FLUSH_MS_MAX);
    throw error;
  }
}
