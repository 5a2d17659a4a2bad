/** Takes a snapshot at every tick, publishes it and logs it. */
import { snapshotId } from "../contracts/mod.ts";
import type { Clock, Log } from "../platform/mod.ts";
import { writeCsv } from "./csv_writer.ts";
import type { Simulation } from "./simulation.ts";
import type { SnapshotStore } from "./snapshot_store.ts";

/** What {@link SnapshotGenerator} needs. */
export interface GeneratorOptions {
  simulation: Simulation;
  store: SnapshotStore;
  /** From contracts' `bootId`: drawn anew at each start. */
  boot: string;
  interval_ms: number;
  clock: Clock;
  /** Resolves when the event loop has had its turn. */
  pause: () => Promise<void>;
  log: Pick<Log, "info">;
}

/**
 * ```ts
 * const generator = new SnapshotGenerator({ simulation, store, boot, interval_ms, … });
 * await generator.tick(0); // from here on the store has a snapshot
 * ```
 */
export class SnapshotGenerator {
  readonly #options: GeneratorOptions;
  readonly #stop = new AbortController();
  #sequence = 0;
  #taken_at_ms = 0;

  constructor(options: GeneratorOptions) {
    this.#options = options;
  }

  /**
   * Takes the next snapshot; the first one is the simulation's state as it was drawn.
   *
   * @param skew_ms How much later than due this tick started.
   */
  async tick(skew_ms: number): Promise<void> {
    const { simulation, store, boot, clock, log, pause } = this.#options;
    const started_ms = clock.monotonic_ms();
    // A reader refuses a snapshot older than the one it has, so a clock set back must not show.
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

  /** Ends a snapshot that is being written; it is not published. */
  stop(): void {
    this.#stop.abort();
  }
}

function roundMicros(duration_ms: number): number {
  return Math.round(duration_ms * 1_000) / 1_000;
}
