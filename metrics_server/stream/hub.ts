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
import { STREAM_CELLS_MAX, STREAM_HEARTBEAT_MS } from "./limits.ts";
import type { StreamReader } from "./readers.ts";
import { cellsOf, sameTopology, select, type Selected, takenOf } from "./selection.ts";
import type { StreamFilter, StreamView } from "./selection.ts";
import { type DropReason, StreamCounts } from "./stream_counts.ts";
import { changeData, type DataStep, snapshotData, StreamEvent } from "./stream_event.ts";

/** The snapshots that the streams have reached, in memory until `release` is called. */
interface Base {
  readonly view: StreamView;
  readonly release: () => void;
}

interface Group {
  readonly filter: StreamFilter;
  /** Readers that received the base. */
  readonly readers: Set<StreamReader>;
  /** New readers that have not. */
  readonly waiting: Set<StreamReader>;
  /** The view that `selected` refers to. */
  view: StreamView;
  selected: Selected[];
  cells: number;
  /** Cached events for the base; null until needed. */
  whole: StreamEvent | null;
  change: { readonly previous_id: string; readonly event: StreamEvent } | null;
}

/** Work per turn of the event loop, in compared cells. */
const TURN_CELLS = 8192;

/** Cost of sending to one reader, in cells. */
const CELLS_PER_READER = 512;

export type OnError = (error: unknown) => void;

export class StreamHub {
  readonly #groups = new Map<string, Group>();
  #base: Base | null = null;
  #work: Promise<void> = Promise.resolve();
  #is_watching = false;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #readers = 0;
  #cells_since_turn = 0;

  constructor(
    readonly store: Store,
    readonly onError: OnError,
    readonly counts: StreamCounts = new StreamCounts(),
  ) {}

  get readers(): number {
    return this.#readers;
  }

  get cells(): number {
    return [...this.#groups.values()].reduce((sum, { cells }) => sum + cells, 0);
  }

  /** Cells that a stream with this filter would add, and the time of its data. */
  costOf(filter: StreamFilter): { cells: number; taken_ms: number } {
    const view = viewOf(this.store);
    const held = this.#groups.get(keyOf(filter));
    const selected = held?.view.id === view.id ? held.selected : select(view, filter);
    return { cells: held === undefined ? cellsOf(selected) : 0, taken_ms: takenOf(view, selected) };
  }

  /** Adds a reader, which first receives what it missed since `last_id`. */
  add(reader: StreamReader, filter: StreamFilter, last_id: string | null): void {
    this.#readers++;
    this.counts.opened(reader.transport);
    this.#heartbeat ??= setInterval(() => this.#beat(), STREAM_HEARTBEAT_MS);
    const group = this.#groupOf(filter);
    group.waiting.add(reader);
    this.#watch();
    this.#enqueue(() => this.#welcome(reader, group, last_id));
  }

  /** Removes a reader that is gone. */
  remove(reader: StreamReader): void {
    for (const [key, group] of this.#groups) {
      if (!group.readers.delete(reader) && !group.waiting.delete(reader)) continue;
      this.#readers--;
      this.counts.gone(reader.transport);
      if (group.readers.size + group.waiting.size === 0) this.#groups.delete(key);
    }
    if (this.#readers > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
    this.#enqueue(() => this.#releaseBase());
  }

  stop(): void {
    for (const { readers, waiting } of this.#groups.values()) {
      for (const reader of [...readers, ...waiting]) reader.end("stopping");
    }
  }

  /** Resolves when all queued work is done; for tests. */
  settled(): Promise<void> {
    return this.#work;
  }

  #groupOf(filter: StreamFilter): Group {
    const key = keyOf(filter);
    const held = this.#groups.get(key);
    if (held !== undefined) return held;
    const view = viewOf(this.store);
    const selected = select(view, filter);
    const group: Group = {
      filter,
      readers: new Set(),
      waiting: new Set(),
      view,
      selected,
      cells: cellsOf(selected),
      whole: null,
      change: null,
    };
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
      if (this.#readers === 0) return;
      this.#watch();
      this.#enqueue(() => this.#advance());
    });
  }

  #releaseBase(): void {
    if (this.#readers > 0) return;
    this.#base?.release();
    this.#base = null;
  }

  async #welcome(reader: StreamReader, group: Group, last_id: string | null): Promise<void> {
    if (!group.waiting.has(reader)) return;
    this.#base ??= this.#newest();
    const { view } = this.#base;
    if (group.view.id !== view.id) selectAgain(group, view);
    group.view = view;
    const event = last_id === view.id ? null : await this.#welcomeEvent(group, view, last_id);
    if (!group.waiting.delete(reader)) return;
    group.readers.add(reader);
    if (event !== null) await this.#send(reader, event);
  }

  async #welcomeEvent(
    group: Group,
    view: StreamView,
    last_id: string | null,
  ): Promise<StreamEvent> {
    if (group.change !== null && group.change.previous_id === last_id) return group.change.event;
    return group.whole ??= await this.#make("snapshot", view, snapshotData(view, group.selected));
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
      else selectAgain(group, newer.view);
      if (group.cells > STREAM_CELLS_MAX) {
        const reason = `${group.cells} cells by now, over ${STREAM_CELLS_MAX}: choose some of them`;
        for (const reader of [...group.readers]) this.#drop(reader, "too_wide", reason);
        continue;
      }
      const event = await this.#eventFor(group, older.view, newer.view, same);
      for (const reader of [...group.readers]) await this.#send(reader, event);
    }
    this.#base = newer;
    older.release();
    if (this.#readers === 0) this.#releaseBase();
  }

  async #eventFor(
    group: Group,
    older: StreamView,
    newer: StreamView,
    same: boolean,
  ): Promise<StreamEvent> {
    group.whole = group.change = null;
    if (!same) {
      return group.whole = await this.#make("snapshot", newer, snapshotData(newer, group.selected));
    }
    const event = await this.#make("change", newer, changeData(older, newer, group.selected));
    group.change = { previous_id: older.id, event };
    return event;
  }

  async #make(
    name: "snapshot" | "change",
    { id }: StreamView,
    steps: Generator<DataStep>,
  ): Promise<StreamEvent> {
    let data = "";
    for (const { text, cells } of steps) {
      data += text;
      await this.#yieldAfter(cells);
    }
    return new StreamEvent(name, id, data);
  }

  async #send(reader: StreamReader, event: StreamEvent): Promise<void> {
    if (!reader.send(event)) {
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

function selectAgain(group: Group, view: StreamView): void {
  group.view = view;
  group.selected = select(view, group.filter);
  group.cells = cellsOf(group.selected);
  group.whole = group.change = null;
}

function keyOf({ ids, metrics }: StreamFilter): string {
  return JSON.stringify([ids?.exact, ids?.prefixes, metrics]);
}

function viewOf(store: Store): StreamView {
  const snapshots = store.delivered().map(({ snapshot }) => snapshot!);
  return {
    id: snapshots.map(({ data }) => data.id).join("+"),
    missing: store.missing(),
    snapshots,
  };
}
