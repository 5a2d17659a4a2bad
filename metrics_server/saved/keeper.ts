/**
 * Keeps the newest snapshot of one source in a store: restores it at the start, saves it while it
 * changes. The store's failures cost a warning, never a poll.
 *
 *     start ──load──> decode ──> restored to the poller        changed() ──due──> encode ──> store
 *                                                                  └──too early──> timer ──┘
 */
import { decodeEntry, encodeEntry } from "./entry.ts";
import type { SavedSnapshot } from "../poll/mod.ts";
import { EntryError, keyOf, type SnapshotStore } from "./snapshot_store.ts";

/** Shortest time from a failure of the store to the next attempt. */
const RETRY_MS_MIN = 1000;

/** Longest save of a snapshot without a warning; the next save waits for its end. */
const SAVE_MS_MAX = 30_000;

interface KeeperOptions {
  readonly store: SnapshotStore;
  /** Name of the source, see `sourceName`. */
  readonly source: string;
  /** Longest body that is restored. */
  readonly bytes_max: number;
  /** Shortest time from one save to the next. */
  readonly save_ms: number;
  /** Whether the source has no snapshot yet, so that a stored one is useful. */
  isEmpty(): boolean;
  /** The newest snapshot, or null. */
  newest(): SavedSnapshot | null;
  monotonic_ms(): number;
  later(delay_ms: number, run: () => void): () => void;
  /** Called once when the store begins to fail, and once when it works again. */
  report(event: "store.error" | "store.recovered" | "snapshot.ignored", detail?: string): void;
}

export class Keeper {
  readonly #key: string;
  #unsaved = false;
  #saving: Promise<void> | null = null;
  #cancel_save: (() => void) | null = null;
  #next_ms = -Infinity;
  #fails = false;
  #stopped = false;
  #cancel_restore = () => {};
  #cancel_check = () => {};

  constructor(readonly options: KeeperOptions) {
    this.#key = keyOf(options.source);
  }

  /**
   * Passes a usable stored snapshot to `apply`. Never rejects. If the store fails, it is read again
   * every {@link RETRY_MS_MIN} until a snapshot exists.
   */
  async restore(apply: (saved: SavedSnapshot) => void): Promise<void> {
    const { store, source, bytes_max, later } = this.options;
    if (this.#stopped || !this.options.isEmpty()) return;
    let stored: Uint8Array<ArrayBuffer> | null;
    try {
      stored = await store.load(this.#key, bytes_max);
    } catch (error) {
      if (error instanceof EntryError) return this.#ignore(error);
      this.#failed("load", error);
      this.#cancel_restore = later(RETRY_MS_MIN, () => this.restore(apply));
      return;
    }
    this.#works();
    if (stored === null) return;
    try {
      apply(decodeEntry(stored, source, bytes_max));
      this.#checkLater();
    } catch (error) {
      this.#ignore(error);
    }
  }

  #ignore(error: unknown): void {
    this.options.report("snapshot.ignored", (error as Error).message);
  }

  /** The newest snapshot has changed. */
  changed(): void {
    this.#unsaved = true;
    if (this.#stopped || this.#saving !== null || this.#cancel_save !== null) return;
    const wait_ms = this.#next_ms - this.options.monotonic_ms();
    if (wait_ms <= 0) this.#startSave();
    else this.#cancel_save = this.options.later(wait_ms, () => this.#startSave());
  }

  /** Ends, after saving a change that is not saved yet. Never rejects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel_restore();
    this.#cancel_save?.();
    this.#cancel_check();
    await this.#saving;
    if (this.#unsaved || await this.#isMissing()) await this.#save();
  }

  /** Saves an unchanged snapshot again if the store has lost it: Redis may restart empty. */
  #checkLater(): void {
    this.#cancel_check();
    if (this.#stopped) return;
    this.#cancel_check = this.options.later(this.options.save_ms, async () => {
      if (await this.#isMissing()) this.changed();
      else if (this.#saving === null) this.#checkLater();
    });
  }

  async #isMissing(): Promise<boolean> {
    if (this.options.isEmpty()) return false;
    try {
      const is_stored = await this.options.store.has(this.#key);
      this.#works();
      return !is_stored;
    } catch (error) {
      this.#failed("look-up", error);
      return false;
    }
  }

  #startSave(): void {
    this.#cancel_save = null;
    this.#saving = this.#save().then(() => {
      this.#saving = null;
      if (this.#unsaved) this.changed();
      else this.#checkLater();
    });
  }

  async #save(): Promise<void> {
    const { store, source, save_ms, later } = this.options;
    this.#cancel_check();
    this.#unsaved = false;
    const cancel_warning = later(SAVE_MS_MAX, () => {
      this.#failed("save", new Error(`not done after ${SAVE_MS_MAX} ms`));
    });
    let wait_ms = save_ms;
    try {
      const saved = this.options.newest();
      if (saved !== null) await store.save(this.#key, encodeEntry({ source, ...saved }));
      this.#works();
    } catch (error) {
      this.#failed("save", error);
      this.#unsaved = true;
      wait_ms = Math.max(save_ms, RETRY_MS_MIN);
    }
    cancel_warning();
    this.#next_ms = this.options.monotonic_ms() + wait_ms;
  }

  #works(): void {
    if (this.#fails) this.options.report("store.recovered");
    this.#fails = false;
  }

  #failed(action: "load" | "save" | "look-up", error: unknown): void {
    const detail = `${action}: ${(error as Error).message}`;
    if (!this.#fails) this.options.report("store.error", detail);
    this.#fails = true;
  }
}
