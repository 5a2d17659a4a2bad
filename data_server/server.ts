/** Puts the parts of data_server together and starts them. */
import { bootId } from "../contracts/mod.ts";
import { type Clock, type Log, serveHttp } from "../platform/mod.ts";
import { createApp } from "./app.ts";
import type { DataServerConfig } from "./config.ts";
import { createCsvBuffer } from "./csv_writer.ts";
import { Delays } from "./delays.ts";
import { SnapshotGenerator } from "./generator.ts";
import { FabricSimulation } from "./profile_fabric.ts";
import { UfmSimulation } from "./profile_ufm.ts";
import { RANDOM_STREAMS, Sfc32 } from "./random.ts";
import type { Simulation } from "./simulation.ts";
import { SnapshotStore } from "./snapshot_store.ts";
import { Ticker } from "./ticker.ts";
import { systemTimer, type Timer } from "./timers.ts";

/** Random bits of a boot id. */
const BOOT_RANDOM_BOUND = 2 ** 40;

/** What data_server takes from the world around it. */
export interface ServerParts {
  clock: Clock;
  log: Log;
  /** A random fraction, 0 ≤ x < 1, that nobody can guess or repeat: for the boot id and the seed. */
  entropy: () => number;
  /** The runtime's timer where left out. */
  timer?: Timer;
}

/** A running data_server. */
export interface DataServer {
  /** Where it can be reached from this machine, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** The seed in use, also where it was drawn. */
  readonly seed: number;
  /**
   * Stops ticking and listening. Answers under way are finished, delayed ones at once.
   *
   * @returns Whether all were finished within `timeout_ms`; the others were cut off.
   */
  stop(timeout_ms: number): Promise<boolean>;
}

/**
 * Takes the first snapshot, then listens.
 *
 * ```ts
 * const server = await startDataServer(config, { clock: systemClock, log, entropy });
 * await fetch(`${server.url}/counters`);
 * await server.stop(1_000);
 * ```
 *
 * @throws {ConfigError} Where the port or the address cannot be used.
 */
export async function startDataServer(
  config: DataServerConfig,
  parts: ServerParts,
): Promise<DataServer> {
  const { clock, log, entropy, timer = systemTimer } = parts;
  const seed = config.SEED ?? Math.floor(entropy() * 2 ** 32);
  const start_ms = clock.epoch_ms();
  const simulation = createSimulation(config, seed, start_ms);
  const store = new SnapshotStore(() => createCsvBuffer(simulation));
  const delays = new Delays(timer);
  const interval_ms = config.DATA_INTERVAL_SEC * 1_000;
  const generator = new SnapshotGenerator({
    simulation,
    store,
    boot: bootId(start_ms, entropy() * BOOT_RANDOM_BOUND),
    interval_ms,
    clock,
    pause: () => new Promise((resolve) => timer(0, resolve)),
    log,
  });
  const ticker = new Ticker({ interval_ms, clock, timer, tick: (skew) => generator.tick(skew) });
  await ticker.start();
  let server;
  try {
    server = serveHttp({
      hostname: config.BIND_HOST,
      port: config.PORT,
      variable: "PORT",
      handler: createApp({
        profile: config.DATA_PROFILE,
        store,
        faults: { error_pct: config.FAULT_500_PCT, slow_ms: config.FAULT_SLOW_MS },
        fault_random: new Sfc32(seed, RANDOM_STREAMS.faults),
        delays,
        clock,
        log,
      }),
      onError: (error) => log.error("http.error", { error: String(error) }),
    });
  } catch (error) {
    await ticker.stop();
    throw error;
  }
  const { url, port } = server;
  return {
    url,
    port,
    seed,
    async stop(timeout_ms) {
      generator.stop();
      delays.stop();
      const [drained] = await Promise.all([server.shutdown(timeout_ms), ticker.stop()]);
      return drained;
    },
  };
}

function createSimulation(config: DataServerConfig, seed: number, start_ms: number): Simulation {
  const { DATA_SWITCHES: switches, DATA_PORTS: ports, DATA_FIELDS: fields } = config;
  return config.DATA_PROFILE === "ufm"
    ? new UfmSimulation({ switches, ports, fields, seed, start_ms })
    : new FabricSimulation({ switches, fields, seed });
}
