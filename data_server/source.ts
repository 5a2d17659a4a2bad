/**
 * The data behind the server: a simulation, its ticks and the newest snapshot.
 *
 *     Ticker ──▶ SnapshotGenerator ── simulation.step, write ──▶ CsvBuffer ──▶ SnapshotStore
 */
import { bootId, snapshotId } from "../contracts/mod.ts";
import type { Clock, Log } from "../platform/mod.ts";
import type { DataServerConfig } from "./config.ts";
import { createCsvBuffer, type Simulation, writeCsv } from "./simulation.ts";
import { FabricSimulation } from "./profile_fabric.ts";
import { UfmSimulation } from "./profile_ufm.ts";
import { SEED_MAX } from "./random.ts";
import { SnapshotStore } from "./snapshot_store.ts";
import { Ticker, type Timer } from "./ticker.ts";

interface GeneratorOptions {
  simulation: Simulation;
  store: SnapshotStore;
  /** Boot id, from contracts' `bootId`. */
  boot: string;
  interval_ms: number;
  clock: Clock;
  pause: () => Promise<void>;
  log: Pick<Log, "info">;
}

/** Takes a snapshot at every tick, publishes it and logs it. */
export class SnapshotGenerator {
  readonly #options: GeneratorOptions;
  readonly #stop = new AbortController();
  #sequence = 0;
  #taken_at_ms = 0;

  constructor(options: GeneratorOptions) {
    this.#options = options;
  }

  /** Takes the next snapshot, `skew_ms` late. The first one shows the initial state. */
  async tick(skew_ms: number): Promise<void> {
    const { simulation, store, boot, clock, log, pause } = this.#options;
    const started_ms = clock.monotonic_ms();
    // Clients refuse a snapshot older than their own, so the time never goes backwards.
    this.#taken_at_ms = Math.max(this.#taken_at_ms, Math.floor(clock.epoch_ms()));
    const buffer = store.takeBuffer();
    const body_bytes = await writeCsv(simulation, buffer, {
      advance: this.#sequence > 0,
      taken_at_ms: this.#taken_at_ms,
      pacing: { now_ms: () => clock.monotonic_ms(), pause },
      signal: this.#stop.signal,
    });
    if (body_bytes === undefined) return store.giveBack(buffer);
    this.#sequence++;
    const id = snapshotId(boot, this.#sequence);
    store.publish({ id, taken_at_ms: this.#taken_at_ms, buffer, body_bytes });
    log.info("gen.tick", {
      tick_ms: roundMicros(clock.monotonic_ms() - started_ms),
      interval_ms: this.#options.interval_ms,
      skew_ms: roundMicros(skew_ms),
      snapshot_id: id,
    });
  }

  /** Aborts the snapshot being written; it is not published. */
  stop(): void {
    this.#stop.abort();
  }
}

function roundMicros(duration_ms: number): number {
  return Math.round(duration_ms * 1_000) / 1_000;
}

/** Number of random values for a boot id. */
const BOOT_RANDOM_BOUND = 2 ** 40;

interface SourceParts {
  clock: Clock;
  log: Pick<Log, "info">;
  /** A random fraction, 0 ≤ x < 1, for boot id and seed; it must differ after a restart. */
  entropy: () => number;
  timer: Timer;
}

export interface Source {
  readonly store: SnapshotStore;
  readonly seed: number;
  /** Takes the first snapshot and schedules the next ones. */
  start(): Promise<void>;
  /** Aborts the snapshot being taken and takes no more. */
  stop(): Promise<void>;
}

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
