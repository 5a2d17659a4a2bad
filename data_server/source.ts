/** The data behind the server: a simulation, its ticks and the newest snapshot. */
import { bootId } from "../contracts/mod.ts";
import type { Clock, Log } from "../platform/mod.ts";
import type { DataServerConfig } from "./config.ts";
import { createCsvBuffer } from "./csv_writer.ts";
import { SnapshotGenerator } from "./generator.ts";
import { FabricSimulation } from "./profile_fabric.ts";
import { UfmSimulation } from "./profile_ufm.ts";
import { SEED_MAX } from "./random.ts";
import type { Simulation } from "./simulation.ts";
import { SnapshotStore } from "./snapshot_store.ts";
import { Ticker } from "./ticker.ts";
import type { Timer } from "./timers.ts";

/** Random values a boot id can have. */
const BOOT_RANDOM_BOUND = 2 ** 40;

/** What a source takes from the world around it. */
export interface SourceParts {
  clock: Clock;
  log: Pick<Log, "info">;
  /** A random fraction, 0 ≤ x < 1, that does not repeat after a restart: for boot id and seed. */
  entropy: () => number;
  timer: Timer;
}

/** A source of snapshots. */
export interface Source {
  readonly store: SnapshotStore;
  /** The seed in use, also where it was drawn. */
  readonly seed: number;
  /** Takes the first snapshot and schedules the next ones. */
  start(): Promise<void>;
  /** Ends the snapshot being taken and takes no more. */
  stop(): Promise<void>;
}

/**
 * ```ts
 * const source = createSource(config, { clock: systemClock, log, entropy, timer: systemTimer });
 * await source.start();
 * source.store.current.id; // "mid5ya4g00000007-1"
 * ```
 */
export function createSource(config: DataServerConfig, parts: SourceParts): Source {
  const { clock, log, entropy, timer } = parts;
  const seed = config.SEED ?? Math.floor(entropy() * (SEED_MAX + 1));
  const start_ms = clock.epoch_ms();
  const interval_ms = config.DATA_INTERVAL_SEC * 1_000;
  const simulation = createSimulation(config, seed, start_ms);
  const store = new SnapshotStore(() => createCsvBuffer(simulation));
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
  return {
    store,
    seed,
    start: () => ticker.start(),
    stop() {
      generator.stop();
      return ticker.stop();
    },
  };
}

function createSimulation(config: DataServerConfig, seed: number, start_ms: number): Simulation {
  const { DATA_SWITCHES: switches, DATA_PORTS: ports, DATA_FIELDS: fields } = config;
  return config.DATA_PROFILE === "ufm"
    ? new UfmSimulation({ switches, ports, fields, seed, start_ms })
    : new FabricSimulation({ switches, fields, seed });
}
