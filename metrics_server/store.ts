/** What the serving threads hold: the newest snapshot of each source, replaced by a pointer swap. */
import { emptyStats, type PollerStats } from "./poll/mod.ts";
import {
  holdRepeatedRows,
  type RepeatedRows,
  Snapshot,
  type SnapshotData,
} from "./snapshot/mod.ts";

/** Stands for a hand-over where a source has brought nothing yet. */
export const NEVER_DELIVERED = 0;

/** News of one source, as the poll worker tells it. Structured-cloneable. */
export interface SourceUpdate {
  /** Index of the source in UPSTREAM_URL. */
  readonly source: number;
  readonly stats: PollerStats;
  /** A new snapshot, or null where what is held stays. */
  readonly snapshot: SnapshotData | null;
  /** The new snapshot's items, where they were prepared with it. */
  readonly items: Uint8Array | null;
  /** Number of the hand-over that brought what is held; never used twice, unlike a source's ids. */
  readonly hand_over: number;
  /** Which rows of all sources are not to be listed from now on, where that changed. */
  readonly repeated?: RepeatedRows;
}

/** Items of a snapshot, prepared because they were asked for. */
export interface ItemsUpdate {
  readonly source: number;
  readonly hand_over: number;
  readonly items: Uint8Array;
}

/** One source as served. */
export interface HeldSource {
  stats: PollerStats;
  snapshot: Snapshot | null;
  /** JSON items of `snapshot`, or null while nobody wanted them. */
  items: Uint8Array | null;
}

/** Where a switch was found. */
export interface Found {
  readonly snapshot: Snapshot;
  readonly row: number;
}

/** A replaced snapshot's memory is used again once nobody reads it: who does, holds a lease. */
interface Lease {
  readonly source: number;
  readonly hand_over: number;
  holders: number;
}

/** Told when the last holder of a snapshot's lease let go. */
export type OnRelease = (source: number, hand_over: number) => void;

/** The newest of everything. Written between requests, never during one. */
export class Store {
  readonly sources: readonly HeldSource[];
  readonly #leases: (Lease | null)[];
  #version = 0;
  #waiting: (() => void)[] = [];

  constructor(urls: readonly string[], readonly onRelease: OnRelease = () => {}) {
    this.#leases = urls.map(() => null);
    this.sources = urls.map((url) => ({ stats: emptyStats(url), snapshot: null, items: null }));
  }

  /** Changes with every new snapshot of any source. */
  get version(): number {
    return this.#version;
  }

  /** Takes a poll's outcome over. */
  update({ source, stats, snapshot, items, hand_over, repeated }: SourceUpdate): void {
    const held = this.sources[source];
    held.stats = stats;
    if (snapshot === null) return;
    if (repeated !== undefined) holdRepeatedRows(repeated);
    held.snapshot = new Snapshot(snapshot);
    held.items = items;
    const replaced = this.#leases[source];
    this.#leases[source] = { source, hand_over, holders: 1 };
    this.#changed();
    if (replaced !== null) this.#letGo(replaced);
  }

  /** Takes over what became of a source's poller without a poll's outcome. */
  updateStats(source: number, stats: PollerStats): void {
    this.sources[source].stats = stats;
  }

  /** Number of the hand-over that brought each source's snapshot. */
  handOvers(): number[] {
    return this.#leases.map((lease) => lease?.hand_over ?? NEVER_DELIVERED);
  }

  /** Keeps the bytes of what is held now from being used again until the function returned is called. */
  lease(): () => void {
    const leases = this.#leases.filter((lease) => lease !== null);
    for (const lease of leases) lease.holders++;
    let open = true;
    return () => {
      if (open) leases.forEach((lease) => this.#letGo(lease));
      open = false;
    };
  }

  /** Takes prepared items over, unless their snapshot has been replaced meanwhile. */
  updateItems({ source, hand_over, items }: ItemsUpdate): void {
    if (this.#leases[source]?.hand_over !== hand_over) return;
    this.sources[source].items = items;
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

  /** Sources that have delivered at least once. */
  delivered(): HeldSource[] {
    return this.sources.filter(({ snapshot }) => snapshot !== null);
  }

  /** URLs of the sources that never delivered. */
  missing(): string[] {
    return this.sources.filter(({ snapshot }) => snapshot === null).map(({ stats }) => stats.url);
  }

  /** Resolves at the next change. */
  nextChange(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #letGo(lease: Lease): void {
    if (--lease.holders === 0) this.onRelease(lease.source, lease.hand_over);
  }

  #changed(): void {
    this.#version++;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
