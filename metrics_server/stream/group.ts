/** Streams with the same filter: what they cover, and the updates that they share. */
import {
  STREAM_BACKLOG_BYTES_MIN,
  STREAM_BACKLOG_SNAPSHOTS_MAX,
  STREAM_RESUME_CHANGES_MAX,
} from "./limits.ts";
import type { StreamReader } from "./readers.ts";
import { estimateBytes, select, type Selected, type StreamFilter } from "./selection.ts";
import type { StreamView } from "./selection.ts";
import type { StreamUpdate } from "./stream_event.ts";

export class Group {
  /** Readers that received the base. */
  readonly readers = new Set<StreamReader>();
  /** New readers that have not. */
  readonly waiting = new Set<StreamReader>();
  /** The view that `selected` refers to. */
  view!: StreamView;
  selected!: readonly Selected[];
  /** The whole snapshot's bytes: estimated until it is made. */
  bytes = 0;
  #whole: StreamUpdate | null = null;
  /** The last changes, each from the one before it, to the base. */
  #changes: StreamUpdate[] = [];

  constructor(readonly filter: StreamFilter, view: StreamView) {
    this.select(view);
  }

  get key(): string {
    return keyOf(this.filter);
  }

  get is_left(): boolean {
    return this.readers.size + this.waiting.size === 0;
  }

  /** Most bytes that one of its readers may leave unread. */
  get unread_bytes_max(): number {
    return Math.max(STREAM_BACKLOG_BYTES_MIN, this.bytes * STREAM_BACKLOG_SNAPSHOTS_MAX);
  }

  /** Refers to a view of other rows or columns from now on. */
  select(view: StreamView): void {
    this.view = view;
    this.selected = select(view, this.filter);
    this.bytes = estimateBytes(view, this.selected);
    this.#whole = null;
    this.#changes = [];
  }

  keepWhole(whole: StreamUpdate): void {
    this.#whole = whole;
    this.bytes = whole.bytes;
  }

  keepChange(change: StreamUpdate): void {
    this.#whole = null;
    this.#changes.push(change);
    let kept_bytes = this.#changes.reduce((sum, { bytes }) => sum + bytes, 0);
    while (
      this.#changes.length > STREAM_RESUME_CHANGES_MAX ||
      this.#changes.length > 1 && kept_bytes > this.bytes
    ) kept_bytes -= this.#changes.shift()!.bytes;
  }

  /** What a reader with this last id lacks; null if the whole snapshot must be made for it. */
  missedBy(last_id: string | null): readonly StreamUpdate[] | null {
    if (last_id === this.view.id) return [];
    const from = this.#changes.findIndex(({ previous_id }) => previous_id === last_id);
    if (from >= 0) return this.#changes.slice(from);
    return this.#whole === null ? null : [this.#whole];
  }
}

export function keyOf({ ids, metrics }: StreamFilter): string {
  return JSON.stringify([ids?.exact, ids?.prefixes, metrics]);
}
