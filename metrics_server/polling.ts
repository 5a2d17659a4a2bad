/**
 * The poll worker's work, apart from its thread: each source's poller and its persistence.
 *
 *     messages ──> Polling ──> sources ──> poll, store ──> post()
 */
import { snapshotId } from "../contracts/mod.ts";
import type { Tracing } from "../platform/mod.ts";
import type { FromPollWorker, ToPollWorker } from "./messages.ts";
import { type OpenPersistence, openPersistence, type PersistenceOptions } from "./persistence.ts";
import { ClockWatch, type PollerWorld, tracePolls } from "./poll/mod.ts";
import { PolledSource, type PolledSources } from "./polled_source.ts";
import { sourceName } from "./saved/mod.ts";
import { repeatedRows } from "./snapshot/mod.ts";

/** Time after which a wall clock that was set back is noticed. */
export const CLOCK_LOOK_MS = 1000;

/** Clocks, timers, randomness and I/O of a poll worker. */
export interface PollingWorld
  extends
    Pick<PersistenceOptions, "dial" | "replica_id" | "post">,
    Pick<PollerWorld, "epoch_ms" | "monotonic_ms" | "random" | "later">,
    Required<Pick<PollerWorld, "read" | "pacing" | "hash_key">> {
  readonly tracing: Tracing | null;
  /** A later worker of the same process starts above the numbers of this one. */
  readonly hand_overs_before: number;
}

export class Polling {
  readonly #sources: readonly PolledSource[];
  readonly #persistence: OpenPersistence;
  readonly #clock_watch: ClockWatch;
  #cancel_look = () => {};
  #repeated_key = "";

  constructor(
    message: Extract<ToPollWorker, { kind: "start" }>,
    readonly world: PollingWorld,
  ) {
    const { tracing, post } = world;
    this.#persistence = openPersistence({
      ...message.store,
      ...world,
      sources: message.sources.map(sourceName),
    });
    let sequence = 0;
    let hand_overs = world.hand_overs_before;
    const shared: PolledSources = {
      world: { ...world, nextId: () => snapshotId(message.boot, ++sequence) },
      trace: tracing && ((steps) => tracePolls(tracing, steps)),
      serving_threads: message.serving_threads,
      older_bytes_max: message.older_bytes_max,
      post,
      nextHandOver: () => ++hand_overs,
      newlyRepeated: () => this.#newlyRepeated(),
      persist: (source, bytes_max) => this.#persistence.of(source, bytes_max),
    };
    this.#sources = message.sources.map((config, index) => new PolledSource(index, config, shared));
    message.held.forEach((saved, source) => {
      const how = { event: "snapshot.restored", in_order: true } as const;
      if (saved !== null) this.#sources[source].poller.adopt(saved, how);
    });
    this.#clock_watch = new ClockWatch(world);
    this.#lookAtClock();
    this.#persistence.start();
    const started = Promise.all(this.#sources.map((source) => source.persistence.start()));
    started.then(() => post({ kind: "restored" }));
  }

  receive(message: Exclude<ToPollWorker, { kind: "start" | "source_access" }>): void {
    switch (message.kind) {
      case "request_items":
        return this.#sources[message.source].requestItems(message.gzip);
      case "released":
        return this.#sources[message.source].release(message.hand_over);
      case "stop":
        return void this.#stop();
    }
  }

  #lookAtClock(): void {
    this.#cancel_look = this.world.later(CLOCK_LOOK_MS, () => this.#lookAtClock());
    const by_ms = this.#clock_watch.setBackBy();
    if (by_ms > 0) { for (const { poller } of this.#sources) poller.clockSetBack(by_ms); }
  }

  async #stop(): Promise<void> {
    this.#cancel_look();
    for (const { poller } of this.#sources) poller.stop();
    await Promise.all(this.#sources.map((source) => source.persistence.stop()));
    this.#persistence.close();
    this.world.post({ kind: "flushed" } satisfies FromPollWorker);
  }

  /** Rows whose id an earlier source has; undefined if they are the same as at the last call. */
  #newlyRepeated() {
    const snapshots = this.#sources.map(({ snapshot }) => snapshot);
    const repeated = repeatedRows(snapshots.filter((snapshot) => snapshot !== null));
    if (repeated.key === this.#repeated_key) return undefined;
    this.#repeated_key = repeated.key;
    return repeated;
  }
}
