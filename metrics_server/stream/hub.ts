/**
 * All streams of one serving thread. Streams with the same filter form a group: each event is
 * rendered once and sent to all its readers. Work is queued and done in small steps, so that a
 * large fabric delays no requests and events stay in order.
 *
 *     store change ──> #advance: per group, compare base and newest ──> event ──> readers
 *     new reader ────> #welcome: missed change or whole snapshot ─────> event ──> this reader
 */
import { nextTurn } from "../serve/mod.ts";
import type { Store } from "../store.ts";
import { Group, keyOf } from "./group.ts";
import { STREAM_BYTES_MAX, STREAM_EVENT_BYTES_MAX, STREAM_HEARTBEAT_MS } from "./limits.ts";
import type { StreamReader } from "./readers.ts";
import { estimateBytes, sameTopology, select, takenOf } from "./selection.ts";
import type { StreamFilter, StreamView } from "./selection.ts";
import { type DropReason, StreamCounts } from "./stream_counts.ts";
import {
  changeData,
  type DataStep,
  snapshotData,
  StreamEvent,
  StreamUpdate,
} from "./stream_event.ts";

/** The snapshots that the streams have reached, in memory until `release` is called. */
interface Base {
  readonly view: StreamView;
  readonly release: () => void;
}

/** Work per turn of the event loop, in compared cells. */
const TURN_CELLS = 4096;

/** Cost of sending to one reader, in cells. */
const CELLS_PER_READER = 512;

export type OnError = (error: unknown) => void;

/** Bounds in bytes; tests have smaller ones. */
export interface StreamLimits {
  /** {@link STREAM_BYTES_MAX} */
  readonly all_bytes_max: number;
  /** {@link STREAM_EVENT_BYTES_MAX} */
  readonly event_bytes_max: number;
}

export const STREAM_LIMITS: StreamLimits = {
  all_bytes_max: STREAM_BYTES_MAX,
  event_bytes_max: STREAM_EVENT_BYTES_MAX,
};

export class StreamHub {
  readonly #groups = new Map<string, Group>();
  #base: Base | null = null;
  #work: Promise<void> = Promise.resolve();
  #is_watching = false;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  readonly #readers = new Map<StreamReader, Group>();
  #cells_since_turn = 0;

  constructor(
    readonly store: Store,
    readonly onError: OnError,
    readonly counts: StreamCounts = new StreamCounts(),
    readonly limits: StreamLimits = STREAM_LIMITS,
  ) {}

  get readers(): number {
    return this.#readers.size;
  }

  /** Whole snapshots of all different filters together. */
  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.#groups.values()) sum += bytes;
    return sum;
  }

  /** Bytes that a stream with this filter would add, and the time of its data. */
  costOf(filter: StreamFilter): { bytes: number; taken_ms: number } {
    const view = viewOf(this.store);
    const held = this.#groups.get(keyOf(filter));
    const selected = held?.view.id === view.id ? held.selected : select(view, filter);
    const bytes = held === undefined ? estimateBytes(view, selected) : 0;
    return { bytes, taken_ms: takenOf(view, selected) };
  }

  /** Adds a reader, which first receives what it missed since `last_id`. */
  add(reader: StreamReader, filter: StreamFilter, last_id: string | null): void {
    this.counts.opened(reader.transport);
    this.#heartbeat ??= setInterval(() => this.#beat(), STREAM_HEARTBEAT_MS);
    const group = this.#groupOf(filter);
    this.#readers.set(reader, group);
    group.waiting.add(reader);
    this.#watch();
    this.#enqueue(() => this.#welcome(reader, group, last_id));
  }

  /** Removes a reader that is gone. */
  remove(reader: StreamReader): void {
    const group = this.#readers.get(reader);
    if (group === undefined) return;
    this.#readers.delete(reader);
    this.counts.gone(reader.transport);
    group.readers.delete(reader);
    group.waiting.delete(reader);
    if (group.is_left && this.#groups.get(group.key) === group) this.#groups.delete(group.key);
    if (this.#readers.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
    this.#enqueue(() => this.#releaseBase());
  }

  stop(): void {
    for (const reader of [...this.#readers.keys()]) reader.end("stopping");
  }

  /** Resolves when all queued work is done; for tests. */
  settled(): Promise<void> {
    return this.#work;
  }

  #groupOf(filter: StreamFilter): Group {
    const key = keyOf(filter);
    const held = this.#groups.get(key);
    if (held !== undefined) return held;
    const group = new Group(filter, viewOf(this.store));
    this.#groups.set(key, group);
    return group;
  }

  #enqueue(work: () => void | Promise<void>): void {
    this.#work = this.#work.then(work).catch(this.onError);
  }

  /** Queues work for each change of the store while there are readers. */
  #watch(): void {
    if (this.#is_watching) return;
    this.#is_watching = true;
    this.store.nextChange().then(() => {
      this.#is_watching = false;
      if (this.#readers.size === 0) return;
      this.#watch();
      this.#enqueue(() => this.#advance());
    });
  }

  #releaseBase(): void {
    if (this.#readers.size > 0) return;
    this.#base?.release();
    this.#base = null;
  }

  async #welcome(reader: StreamReader, group: Group, last_id: string | null): Promise<void> {
    if (!group.waiting.has(reader)) return;
    this.#base ??= this.#newest();
    const { view } = this.#base;
    if (group.view !== view) group.select(view);
    const updates = group.missedBy(last_id) ?? [await this.#makeWhole(group, view)];
    if (!group.waiting.delete(reader)) return;
    group.readers.add(reader);
    for (const update of updates) if (update !== null) await this.#send(reader, update, group);
  }

  /** Sends each group the step from base to newest. */
  async #advance(): Promise<void> {
    const older = this.#base;
    if (older === null || isSame(viewOf(this.store), older.view)) return;
    const newer = this.#newest();
    const same = sameTopology(older.view, newer.view);
    for (const group of [...this.#groups.values()]) {
      // A waiting reader is welcomed with the newest snapshot at that time.
      if (group.readers.size === 0 || group.view !== older.view) continue;
      if (same) group.view = newer.view;
      else {
        group.select(newer.view);
        if (this.bytes > this.limits.all_bytes_max) {
          this.#dropTooWide(group);
          continue;
        }
      }
      const update = same
        ? await this.#makeChange(group, older.view, newer.view)
        : await this.#makeWhole(group, newer.view);
      if (update === null) continue;
      for (const reader of [...group.readers]) await this.#send(reader, update, group);
    }
    this.#base = newer;
    older.release();
    if (this.#readers.size === 0) this.#releaseBase();
  }

  /** Later readers with the same filter form a new group, whose bytes are checked. */
  #dropTooWide(group: Group): void {
    this.#groups.delete(group.key);
    const reason = `about ${group.bytes} bytes by now, over ${this.limits.all_bytes_max} with ` +
      "other streams: choose some columns or switches";
    for (const reader of [...group.readers]) this.#drop(reader, "too_wide", reason);
  }

  async #makeWhole(group: Group, view: StreamView): Promise<StreamUpdate | null> {
    const steps = snapshotData(view, group.selected, this.limits.event_bytes_max);
    const events = await this.#make(group, "snapshot", view, steps);
    if (events === null) return null;
    const whole = new StreamUpdate(events, null);
    group.keepWhole(whole);
    return whole;
  }

  async #makeChange(
    group: Group,
    older: StreamView,
    newer: StreamView,
  ): Promise<StreamUpdate | null> {
    const steps = changeData(older, newer, group.selected, this.limits.event_bytes_max);
    const events = await this.#make(group, "change", newer, steps);
    if (events === null) return null;
    const change = new StreamUpdate(events, older.id);
    group.keepChange(change);
    return change;
  }

  /** The events; null if all readers of the group leave meanwhile. */
  async #make(
    group: Group,
    name: "snapshot" | "change",
    { id }: StreamView,
    steps: Generator<DataStep>,
  ): Promise<StreamEvent[] | null> {
    const events: DataStep["bytes"][][] = [[]];
    for (const { bytes, cells, ends } of steps) {
      if (bytes.length > 0) events.at(-1)!.push(bytes);
      if (ends) events.push([]);
      await this.#yieldAfter(cells);
      if (group.is_left) return null;
    }
    // The last event has ended, too.
    events.pop();
    return events.map((pieces, index) =>
      new StreamEvent(
        index === 0 ? name : "part",
        index === events.length - 1 ? id : null,
        pieces,
      )
    );
  }

  async #send(reader: StreamReader, update: StreamUpdate, group: Group): Promise<void> {
    if (!reader.send(update, group.unread_bytes_max)) {
      this.#drop(reader, "slow_reader", "slow reader: it left too many events unread");
    }
    await this.#yieldAfter(CELLS_PER_READER);
  }

  #drop(reader: StreamReader, kind: DropReason, reason: string): void {
    this.counts.dropped(kind);
    reader.end(reason);
  }

  async #yieldAfter(cells: number): Promise<void> {
    this.#cells_since_turn += cells;
    if (this.#cells_since_turn < TURN_CELLS) return;
    this.#cells_since_turn = 0;
    await nextTurn();
  }

  #newest(): Base {
    return { view: viewOf(this.store), release: this.store.lease() };
  }

  #beat(): void {
    for (const { readers } of this.#groups.values()) {
      for (const reader of readers) reader.heartbeat();
    }
  }
}

/** Whether both have the same data of the same age. */
function isSame(a: StreamView, b: StreamView): boolean {
  return a.id === b.id &&
    a.snapshots.every(({ data }, i) => data.taken_ms === b.snapshots[i].data.taken_ms);
}

function viewOf(store: Store): StreamView {
  const snapshots = store.delivered().map(({ snapshot }) => snapshot!);
  return {
    id: snapshots.map(({ data }) => data.id).join("+"),
    missing: store.missing(),
    snapshots,
  };
}
