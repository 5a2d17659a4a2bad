/** The newest snapshot of each source, per serving thread. A pointer swap replaces it. */
import type { StoreStats } from "../contracts/mod.ts";
import {
  emptyStats,
  type Origin,
  type PollerStats,
  type SavedSnapshot,
  savedSnapshot,
} from "./poll/mod.ts";
import {
  agedTo,
  CountedSize,
  type DeflatedItems,
  holdRepeatedRows,
  memoryOf,
  type RepeatedRows,
  Snapshot,
  type SnapshotData,
} from "./snapshot/mod.ts";

export const NEVER_DELIVERED = 0;

/** Outcome of a poll, as the poll worker sends it. Structured-cloneable. */
export interface SourceUpdate {
  /** Index of the source in UPSTREAM_URL. */
  readonly source: number;
  readonly stats: PollerStats;
  /** A new snapshot, or null if the current one stays. */
  readonly snapshot: SnapshotData | null;
  /** What the new snapshot's answer declared. */
  readonly origin?: Origin;
  /** The new snapshot's items, if they are rendered already. */
  readonly items: Uint8Array | null;
  /** Number of the current snapshot's hand-over; never used twice, unlike a source's ids. */
  readonly hand_over: number;
  /** New limit of the current snapshot's times, if an answer showed that its data is older. */
  readonly not_after_ms?: number;
  /** The data intervals of the current snapshot, if another process learned others. */
  readonly intervals_ms?: readonly number[];
  /** Rows to leave out of lists, if they changed. */
  readonly repeated?: RepeatedRows;
}

export interface ItemsUpdate {
  readonly source: number;
  readonly hand_over: number;
  /** Null if they are longer than the limit. */
  readonly items: Uint8Array | null;
  readonly deflated?: DeflatedItems | null;
}

export interface HeldSource {
  stats: PollerStats;
  snapshot: Snapshot | null;
  readonly size: CountedSize;
  origin?: Origin;
  /** JSON items of `snapshot`, or null until they are requested. */
  items: Uint8Array | null;
  /** Whether they would be longer than the limit. */
  items_too_long: boolean;
  /** `items` compressed, or null until that is requested. */
  deflated: DeflatedItems | null;
}

export interface Found {
  readonly snapshot: Snapshot;
  readonly row: number;
}

/** Memory that is not reused until it is released. */
export interface Pin {
  /** Hand-over number of each source's snapshot, by the source's index. */
  readonly hand_overs: readonly number[];
  /** Memory of each. */
  readonly bytes: readonly number[];
  /** Whether it is memory of snapshots, of which few are kept. */
  readonly is_snapshot: boolean;
  release(): void;
}

/** No memory of a snapshot. */
export const NO_PIN: Pin = { hand_overs: [], bytes: [], is_snapshot: false, release() {} };

/** Keeps a snapshot's memory from being reused while this store or a long answer reads it. */
interface Lease {
  readonly source: number;
  readonly hand_over: number;
  holders: number;
}

/** All sources. Updated between requests, never during one. */
export class Store {
  readonly sources: readonly HeldSource[];
  readonly #leases: (Lease | null)[];
  /** State of SNAPSHOT_STORE; null without one. */
  snapshot_store: StoreStats | null = null;
  #version = 0;
  #oldest_taken_ms = NaN;
  #waiting: (() => void)[] = [];

  /** @param onRelease Called when the last holder of a snapshot's lease has released it. */
  constructor(
    urls: readonly string[],
    readonly onRelease: (source: number, hand_over: number) => void = () => {},
  ) {
    this.#leases = urls.map(() => null);
    this.sources = urls.map((url) => ({
      stats: emptyStats(url),
      snapshot: null,
      size: new CountedSize(),
      items: null,
      items_too_long: false,
      deflated: null,
    }));
  }

  /** Changes with every new snapshot of any source. */
  get version(): number {
    return this.#version;
  }

  /** Time of the oldest current snapshot, which is the whole list's time; NaN without any. */
  get oldest_taken_ms(): number {
    return this.#oldest_taken_ms;
  }

  update(update: SourceUpdate): void {
    const { source, stats, snapshot, origin, items, hand_over, repeated } = update;
    const held = this.sources[source];
    held.stats = stats;
    if (held.snapshot !== null && update.not_after_ms !== undefined) {
      const aged = agedTo(held.snapshot.data, update.not_after_ms);
      const { intervals_ms = aged.intervals_ms } = update;
      held.snapshot = new Snapshot({ ...aged, intervals_ms });
      this.#changed();
    }
    if (snapshot === null) return;
    if (repeated !== undefined) holdRepeatedRows(repeated);
    held.snapshot = new Snapshot(snapshot);
    held.size.add(memoryOf(snapshot) + (items?.length ?? 0));
    held.items = items;
    held.items_too_long = false;
    held.deflated = null;
    held.origin = origin;
    const replaced = this.#leases[source];
    this.#leases[source] = { source, hand_over, holders: 1 };
    this.#changed();
    if (replaced !== null) this.#release(replaced);
  }

  updateStats(source: number, stats: PollerStats): void {
    this.sources[source].stats = stats;
  }

  /** Hand-over of each source's snapshot. */
  handOvers(): number[] {
    return this.#leases.map((lease) => lease?.hand_over ?? NEVER_DELIVERED);
  }

  /** Copies of the current snapshots, for a poll worker that goes on with them. */
  saved(): (SavedSnapshot | null)[] {
    return this.sources.map(({ snapshot, origin }) =>
      snapshot === null || origin === undefined ? null : savedSnapshot(snapshot.data, origin)
    );
  }

  /** Keeps the memory of the current snapshots until the returned function is called. */
  lease(): () => void {
    const leases = this.#leases.filter((lease) => lease !== null);
    for (const lease of leases) lease.holders++;
    let open = true;
    return () => {
      if (open) leases.forEach((lease) => this.#release(lease));
      open = false;
    };
  }

  /** Keeps the current snapshots and their items. */
  pin(): Pin {
    const bytes = this.sources.map(({ size }) => size.bytes);
    return { hand_overs: this.handOvers(), bytes, is_snapshot: true, release: this.lease() };
  }

  /** Compressed items are no part of a snapshot's memory, so only their bytes count. */
  pinDeflated(): Pin {
    const bytes = this.sources.map(({ deflated }) => deflated?.bytes.length ?? 0);
    return { hand_overs: this.handOvers(), bytes, is_snapshot: false, release() {} };
  }

  /** Applies rendered items, unless their snapshot has been replaced. */
  updateItems({ source, hand_over, items, deflated = null }: ItemsUpdate): void {
    if (this.#leases[source]?.hand_over !== hand_over) return;
    const held = this.sources[source];
    held.items = items;
    held.size.add(memoryOf(held.snapshot!.data) + (items?.length ?? 0));
    held.items_too_long = items === null;
    held.deflated ??= deflated;
    this.#changed();
  }

  /** The first source, in the order of UPSTREAM_URL, that has this switch. */
  find(switch_id: string): Found | null {
    for (const { snapshot } of this.sources) {
      if (snapshot === null) continue;
      const row = snapshot.row(switch_id);
      if (row >= 0) return { snapshot, row };
    }
    return null;
  }

  delivered(): HeldSource[] {
    return this.sources.filter(({ snapshot }) => snapshot !== null);
  }

  missing(): string[] {
    return this.sources.filter(({ snapshot }) => snapshot === null).map(({ stats }) => stats.url);
  }

  nextChange(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(lease: Lease): void {
    if (--lease.holders === 0) this.onRelease(lease.source, lease.hand_over);
  }

  #changed(): void {
    this.#version++;
    const taken_ms = this.delivered().map(({ snapshot }) => snapshot!.data.taken_ms);
    this.#oldest_taken_ms = Math.min(...taken_ms);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
