/** Assembles and starts data_server. */
import {
  type Clock,
  denoTracing,
  HeapProbe,
  type HttpServer,
  type Log,
  processFigures,
  serveHttp,
  traceRequests,
} from "../platform/mod.ts";
import { answerTrace, createApp } from "./app.ts";
import type { DataServerConfig } from "./config.ts";
import { Delays } from "./faults.ts";
import { RANDOM_STREAMS, Sfc32 } from "./random.ts";
import { createSource, type Source } from "./source.ts";
import { systemTimer, type Timer } from "./ticker.ts";

interface ServerParts {
  clock: Clock;
  log: Log;
  /** A random fraction, 0 ≤ x < 1, for boot id and seed; it must differ after a restart. */
  entropy: () => number;
  timer?: Timer;
}

export interface DataServer {
  /** Local URL without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** The seed in use, configured or random. */
  readonly seed: number;
  /** Stops within `timeout_ms`; resolves to false if it had to abort responses. */
  stop(timeout_ms: number): Promise<boolean>;
}

/**
 * Takes the first snapshot, then listens.
 *
 * ```ts
 * const { config } = readDataServerConfig({ PORT: "0", SEED: "42" });
 * const server = await startDataServer(config, { clock: systemClock, log, entropy });
 * await fetch(`${server.url}/counters`);
 * await server.stop(1_000);
 * ```
 *
 * @throws {ConfigError} If it cannot listen on the port or address.
 */
export async function startDataServer(
  config: DataServerConfig,
  parts: ServerParts,
): Promise<DataServer> {
  const { clock, log, entropy, timer = systemTimer } = parts;
  const source = createSource(config, { clock, log, entropy, timer });
  const delays = new Delays(timer);
  await source.start();
  const server = await listen(config, parts, source, delays);
  return {
    url: server.url,
    port: server.port,
    seed: source.seed,
    async stop(timeout_ms) {
      delays.stop();
      const [drained] = await Promise.all([server.shutdown(timeout_ms), source.stop()]);
      return drained;
    },
  };
}

async function listen(
  config: DataServerConfig,
  { clock, log }: ServerParts,
  source: Source,
  delays: Delays,
): Promise<HttpServer> {
  const started_epoch_ms = clock.epoch_ms();
  const heap = new HeapProbe();
  try {
    return serveHttp({
      hostname: config.BIND_HOST,
      port: config.PORT,
      variable: "PORT",
      handler: traced(
        { profile: config.DATA_PROFILE, store: source.store, clock },
        createApp({
          profile: config.DATA_PROFILE,
          store: source.store,
          faults: { error_pct: config.FAULT_500_PCT, slow_ms: config.FAULT_SLOW_MS },
          fault_random: new Sfc32(source.seed, RANDOM_STREAMS.faults),
          delays,
          clock,
          log,
          figures: () => {
            heap.measure();
            return processFigures({
              started_epoch_ms,
              lines_dropped: log.lines_dropped,
              heaps: [heap],
              block_max_ms: [],
            });
          },
        }),
      ),
      onError: (error) =>
        log.error("http.error", { detail: error instanceof Error ? error.stack : String(error) }),
    });
  } catch (error) {
    await source.stop();
    throw error;
  }
}

function traced(parts: Parameters<typeof answerTrace>[0], app: ReturnType<typeof createApp>) {
  const tracing = denoTracing("data_server");
  if (tracing === null) return app;
  return traceRequests(tracing, app, (...exchange) => answerTrace(parts, ...exchange));
}
