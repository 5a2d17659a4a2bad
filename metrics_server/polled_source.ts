/** One source of the poll worker: its poller, its memory, and the snapshot it handed over last. */
import type { FromPollWorker } from "./messages.ts";
import { BUFFER_BYTES_MAX, BufferPool } from "./parse/mod.ts";
import {
  Poller,
  type PollerConfig,
  type PollerStats,
  type PollerWorld,
  type PollOutcome,
  type PollSteps,
} from "./poll/mod.ts";
import type { Replica } from "./replicas/mod.ts";
import { sourceName } from "./saved/mod.ts";
import {
  buffersOf,
  CountedSize,
  DEFLATE_INLINE_BYTES_MAX,
  type DeflatedItems,
  deflateItems,
  estimateItemsBytes,
  itemsBytesMax,
  ItemsDemand,
  memoryOf,
  renderItems,
  type RepeatedRows,
  type SnapshotData,
} from "./snapshot/mod.ts";

/** What makes a source's snapshots outlive the process; decides when the poller polls. */
export interface Persistence extends Partial<Pick<Replica, "stats" | "leader_polls">> {
  /** Resolves when requests can be answered as well as without polling. */
  start(): Promise<void>;
  polled(outcome: PollOutcome): void;
  /** Never rejects. */
  stop(): Promise<void>;
}

/** What the sources of a worker share. */
export interface PolledSources {
  readonly world: Omit<PollerWorld, "buffers" | "reportStats" | "prepare">;
  /** Wraps the steps of a poll in spans; null without tracing. */
  readonly trace: ((steps: PollSteps) => PollSteps) | null;
  readonly serving_threads: number;
  /** Memory of a source's replaced snapshots at which its polls wait. */
  readonly older_bytes_max: number;
  post(message: FromPollWorker): void;
  nextHandOver(): number;
  /** Rows whose id an earlier source has; undefined if they are the same as at the last call. */
  newlyRepeated(): RepeatedRows | undefined;
  persist(source: PolledSource, bytes_max: number): Persistence;
}

/**
 * Longest wait for memory before a poll. A thread that hangs for longer, or is gone, must not stop
 * the polls.
 */
export const ROOM_WAIT_MS_MAX = 10_000;

export class PolledSource {
  readonly poller: Poller;
  readonly persistence: Persistence;
  /** Name of the source in stores. */
  readonly name: string;
  snapshot: SnapshotData | null = null;
  #items: Uint8Array<SharedArrayBuffer> | null = null;
  #deflated: DeflatedItems | null = null;
  #hand_over = 0;
  /** Hand-over whose items are longer than estimated, and than the limit. */
  #too_long = -1;
  readonly #demand = new ItemsDemand();
  readonly #pool: BufferPool;
  /** Memory of the snapshots that `readers` serving threads have not released yet. */
  readonly #handed_over = new Map<number, { buffers: SharedArrayBuffer[]; readers: number }>();
  readonly #size = new CountedSize();
  /** Continues a poll that waits for memory. */
  #goOn: (() => void) | null = null;
  /** Snapshots that use each buffer: rates also read the one before. */
  readonly #users = new Map<SharedArrayBuffer, number>();

  constructor(
    readonly index: number,
    readonly config: PollerConfig,
    readonly shared: PolledSources,
  ) {
    this.name = sourceName(config);
    this.#pool = new BufferPool(Math.min(itemsBytesMax(config.bytes_max), BUFFER_BYTES_MAX));
    const report = (outcome: PollOutcome) => this.#report(outcome);
    const { world: { read, ...rest }, trace } = shared;
    const steps = trace === null ? { read, report } : trace({ read, report });
    const world: PollerWorld = {
      ...rest,
      ...steps,
      buffers: this.#pool,
      reportStats: (stats) => this.#postStats(stats),
      room: () => this.#room(),
      prepare: (snapshot) =>
        this.#demand.take(estimateItemsBytes(snapshot), this.#itemsBytesMax(snapshot))
          ? this.#render(snapshot)
          : null,
    };
    this.poller = new Poller(config, world, steps.report);
    this.persistence = shared.persist(this, config.bytes_max);
  }

  /** Reports stats that changed without a poll. */
  postStats(): void {
    this.#postStats(this.poller.stats);
  }

  #postStats(stats: PollerStats): void {
    this.shared.post({ kind: "stats", source: this.index, stats: this.#withReplica(stats) });
  }

  #withReplica(stats: PollerStats): PollerStats {
    const { stats: replica = null, leader_polls } = this.persistence ?? {};
    return { ...stats, ...leader_polls, replica };
  }

  #report(outcome: PollOutcome): void {
    const { event, fields, snapshot, origin, items, not_after_ms, intervals_ms, row_times } =
      outcome;
    const { index: source, shared } = this;
    let repeated: RepeatedRows | undefined;
    if (snapshot !== null) {
      this.snapshot = snapshot;
      this.#items = items;
      this.#deflated = null;
      this.#hand_over = shared.nextHandOver();
      this.#handed_over.set(this.#hand_over, { buffers: [], readers: shared.serving_threads });
      this.#use(...buffersOf(snapshot, items));
      this.#size.add(memoryOf(snapshot) + (items?.length ?? 0));
      repeated = shared.newlyRepeated();
    }
    const hand_over = this.#hand_over;
    const stats = this.#withReplica(outcome.stats);
    const change = { snapshot, origin, items, hand_over, repeated, not_after_ms, intervals_ms };
    shared.post({ kind: "poll", update: { source, stats, ...change }, event, fields, row_times });
    this.persistence.polled(outcome);
    // After the snapshot, which need not wait for it.
    const is_long = items !== null && items.length > DEFLATE_INLINE_BYTES_MAX;
    if (is_long && this.#demand.takeGzip()) this.#prepareItems(true);
  }

  /** Renders the items of the current snapshot, and compresses them, unless that is done. */
  requestItems(gzip = false): void {
    this.#demand.request(gzip);
    if (this.snapshot === null) return;
    if (this.#items === null || gzip && this.#deflated === null) this.#prepareItems(gzip);
  }

  #render(snapshot: SnapshotData): Uint8Array<SharedArrayBuffer> | null {
    return renderItems(snapshot, this.#pool, this.#itemsBytesMax(snapshot));
  }

  #itemsBytesMax(snapshot: SnapshotData): number {
    return itemsBytesMax(this.config.bytes_max, memoryOf(snapshot));
  }

  #prepareItems(gzip: boolean): void {
    const { pacing } = this.shared.world;
    if (this.#items === null && this.#too_long !== this.#hand_over) {
      this.#items = this.#render(this.snapshot!);
      if (this.#items === null) this.#too_long = this.#hand_over;
      else {
        this.#use(this.#items.buffer);
        this.#size.add(memoryOf(this.snapshot!) + this.#items.length);
      }
    }
    const items = this.#items;
    pacing?.start();
    if (gzip && items !== null) this.#deflated ??= deflateItems(items, pacing?.pause);
    const update = {
      source: this.index,
      hand_over: this.#hand_over,
      items,
      deflated: this.#deflated,
    };
    this.shared.post({ kind: "items", update });
  }

  /** The snapshot handed over last uses these buffers. */
  #use(...buffers: SharedArrayBuffer[]): void {
    const handed = this.#handed_over.get(this.#hand_over);
    if (handed === undefined) return;
    for (const buffer of buffers) {
      handed.buffers.push(buffer);
      this.#users.set(buffer, (this.#users.get(buffer) ?? 0) + 1);
    }
  }

  /** Whether the replaced snapshots take no more than slow readers may keep. */
  #hasRoom(): boolean {
    const older = this.#handed_over.size - 1;
    return older * this.#size.bytes <= this.shared.older_bytes_max;
  }

  /** Waits for serving threads that have not released as much as they should. */
  #room(): Promise<void> | null {
    if (this.#hasRoom()) return null;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.shared.world.later(ROOM_WAIT_MS_MAX, resolve);
    this.#goOn = () => {
      cancel();
      resolve();
    };
    return promise;
  }

  /** Reuses a snapshot's memory once every serving thread has released it. */
  release(hand_over: number): void {
    const handed = this.#handed_over.get(hand_over);
    if (handed === undefined || --handed.readers > 0) return;
    this.#handed_over.delete(hand_over);
    if (this.#hasRoom()) this.#goOn?.();
    for (const buffer of handed.buffers) {
      const users = this.#users.get(buffer)! - 1;
      if (users > 0) this.#users.set(buffer, users);
      else if (this.#users.delete(buffer)) this.#pool.give(buffer);
    }
  }
}
