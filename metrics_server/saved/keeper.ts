/**
 * Keeps the newest snapshot of one source in a folder: restores it at the start, saves it while it
 * changes. A failing disk costs a warning, never a poll.
 *
 *     start ──load──> decode ──> restored to the poller        changed() ──due──> encode ──> file
 *                                                                  └──too early──> timer ──┘
 */
import type { Poller, PollOutcome } from "../poll/mod.ts";
import { decodeEntry, encodeEntry } from "./entry.ts";
import type { FileStore } from "./file_store.ts";
import { EntryError, keyOf } from "./snapshot_store.ts";
import type { StoreHealth } from "./store_health.ts";

/** Longest wait of the first poll for a stored snapshot, which may also arrive after it. */
const RESTORE_MS_MAX = 1000;

/** Shortest time from a failed save to the next attempt. */
const RETRY_MS_MIN = 1000;

/** Longest save of a snapshot without a warning; the next save waits for its end. */
const SAVE_MS_MAX = 30_000;

interface KeeperOptions {
  readonly store: FileStore;
  /** Name of the source, see `sourceName`. */
  readonly source: string;
  /** Longest body that is restored. */
  readonly bytes_max: number;
  /** Shortest time from one save to the next. */
  readonly save_ms: number;
  readonly health: StoreHealth;
  /** Whether the source has no snapshot yet, so that a stored one is useful. */
  isEmpty(): boolean;
  readonly poller: Pick<Poller, "adopt" | "save" | "start">;
  monotonic_ms(): number;
  later(delay_ms: number, run: () => void): () => void;
  /** A stored entry cannot be used; `detail` says why. */
  onIgnored(detail: string): void;
}

export class Keeper {
  readonly #key: string;
  #unsaved = false;
  #saving: Promise<void> | null = null;
  #cancel_save: (() => void) | null = null;
  #next_ms = -Infinity;
  #stopped = false;

  constructor(readonly options: KeeperOptions) {
    this.#key = keyOf(options.source);
  }

  /** Polls; `restore`: once a usable stored snapshot is served. Never rejects. */
  async start(restore: boolean): Promise<void> {
    const { later, poller } = this.options;
    const late = Promise.withResolvers<void>();
    const cancel = later(RESTORE_MS_MAX, late.resolve);
    if (restore) await Promise.race([this.#restore(), late.promise]);
    cancel();
    poller.start();
  }

  async #restore(): Promise<void> {
    const { store, source, bytes_max, health, poller } = this.options;
    let stored: Uint8Array<ArrayBuffer> | null;
    try {
      stored = await store.load(this.#key, bytes_max);
    } catch (error) {
      if (error instanceof EntryError) this.options.onIgnored(error.message);
      else health.failed(source, "load", error);
      return;
    }
    if (stored === null || this.#stopped || !this.options.isEmpty()) return;
    try {
      const saved = decodeEntry(stored, source, bytes_max);
      poller.adopt(saved, { event: "snapshot.restored", in_order: false });
    } catch (error) {
      this.options.onIgnored((error as Error).message);
    }
  }

  /** A poll has ended. */
  polled({ event, snapshot, not_after_ms }: PollOutcome): void {
    const is_news = snapshot !== null || not_after_ms !== undefined;
    if (event === "poll.run" && is_news) this.#changed();
  }

  #changed(): void {
    this.#unsaved = true;
    if (this.#stopped || this.#saving !== null || this.#cancel_save !== null) return;
    const wait_ms = this.#next_ms - this.options.monotonic_ms();
    if (wait_ms <= 0) this.#startSave();
    else this.#cancel_save = this.options.later(wait_ms, () => this.#startSave());
  }

  /** Ends, after saving a change that is not saved yet. Never rejects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel_save?.();
    await this.#saving;
    if (this.#unsaved) await this.#save();
  }

  #startSave(): void {
    this.#cancel_save = null;
    this.#saving = this.#save().then(() => {
      this.#saving = null;
      if (this.#unsaved) this.#changed();
    });
  }

  async #save(): Promise<void> {
    const { store, source, save_ms, later, health, poller } = this.options;
    this.#unsaved = false;
    const cancel_warning = later(SAVE_MS_MAX, () => {
      health.failed(source, "save", new Error(`not done after ${SAVE_MS_MAX} ms`));
    });
    let wait_ms = save_ms;
    try {
      const saved = poller.save();
      if (saved !== null) {
        await store.save(this.#key, encodeEntry({ source, ...saved, published: null }));
      }
      health.saved(source);
    } catch (error) {
      health.failed(source, "save", error);
      this.#unsaved = true;
      wait_ms = Math.max(save_ms, RETRY_MS_MIN);
    }
    cancel_warning();
    this.#next_ms = this.options.monotonic_ms() + wait_ms;
  }
}
