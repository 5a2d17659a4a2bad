/**
 * The snapshots of one source on their way to and from the other replicas.
 *
 *     poller ──changed()──> publish ──> store ──version──> catchUp() ──> load ──> poller
 */
import type { Poller, SavedSnapshot } from "../poll/mod.ts";
import { PollError } from "../poll/mod.ts";
import { ConnectionError } from "../redis/mod.ts";
import {
  decodeEntry,
  encodeEntry,
  EntryError,
  type StoreHealth,
  type Version,
} from "../saved/mod.ts";
import type { SharedSource } from "./shared_store.ts";
import { isLater } from "./version.ts";

export interface ExchangeOptions {
  /** Name of the source, see `sourceName`. */
  readonly source: string;
  /** Longest body that is adopted. */
  readonly bytes_max: number;
  readonly lease_ms: number;
  readonly store: SharedSource;
  readonly poller: Pick<Poller, "adopt" | "save">;
  readonly health: StoreHealth;
  monotonic_ms(): number;
  later(delay_ms: number, run: () => void): () => void;
  /** Whether this replica leads; then it adopts only what an earlier leader published. */
  leads(): boolean;
  /** A published entry cannot be used; `detail` says why. */
  onIgnored(detail: string): void;
}

/** A late publication counts as late for this many leases, as the next leader may be no faster. */
const LEASES_LATE = 3;

/** Whether loading, or publishing, fails although the store answers. */
class Trouble {
  /** Cause of a lasting failure, or null. */
  problem: string | null = null;
  #since_ms: number | null = null;
  #last_ms = -Infinity;

  constructor(readonly options: Pick<ExchangeOptions, "lease_ms" | "monotonic_ms">) {}

  works(): void {
    this.problem = this.#since_ms = null;
  }

  /** A broken connection is a problem only if it lasts: the next look tries again. */
  fails(error: Error): void {
    const { lease_ms, monotonic_ms } = this.options;
    this.#last_ms = monotonic_ms();
    this.#since_ms ??= this.#last_ms;
    const lasts = this.#last_ms - this.#since_ms >= lease_ms;
    if (lasts || !(error instanceof ConnectionError)) this.problem = error.message;
  }

  /** Whether a lasting failure is too recent for another attempt. */
  get rests(): boolean {
    const { lease_ms, monotonic_ms } = this.options;
    return this.problem !== null && monotonic_ms() - this.#last_ms < lease_ms;
  }
}

/** `lost`: another replica leads. `failed`: {@link Exchange.publish_trouble} shows if it lasts. */
export type Published = "yes" | "lost" | "failed";

export class Exchange {
  published = 0;
  adopted = 0;
  /** Newest version that was published here, adopted, or found older than what is held. */
  #seen: Version | null = null;
  /** Whether `#seen` is the version held, so that later versions of its leader are newer. */
  #is_shared = false;
  #changes = 0;
  #unpublished_since_ms = Infinity;
  #late_until_ms = -Infinity;
  #newest: Version | null = null;
  /** Newest version that cannot be used here. */
  #refused: Version | null = null;
  #catching_up: Promise<boolean> | null = null;
  #publishing: Promise<Published> | null = null;
  readonly load_trouble: Trouble;
  readonly publish_trouble: Trouble;
  #stopped = false;

  constructor(readonly options: ExchangeOptions) {
    this.load_trouble = new Trouble(options);
    this.publish_trouble = new Trouble(options);
  }

  /** The poller has a new snapshot, or learned that its data is older. */
  changed(): void {
    this.#is_shared = false;
    this.#unpublished_since_ms = Math.min(this.#unpublished_since_ms, this.options.monotonic_ms());
    this.#changes++;
  }

  /** This replica was elected, so it must publish what it holds from now on. */
  elected(): void {
    const has_news = !this.#is_shared && this.#changes > 0;
    this.#unpublished_since_ms = has_news ? this.options.monotonic_ms() : Infinity;
  }

  /** For how long followers have lacked what is held here. */
  get unpublished_ms(): number {
    return Math.max(0, this.options.monotonic_ms() - this.#unpublished_since_ms);
  }

  /** Whether a store whose newest version this is lacks the snapshot that is held. */
  isUnpublished(newest = this.#seen): boolean {
    return !this.#is_shared || newest === null || isLater(this.#seen, newest);
  }

  /** The store has lost its data, so its versions do not continue the versions seen. */
  forget(): void {
    this.#seen = this.#newest = this.#refused = null;
    this.#is_shared = false;
  }

  stop(): void {
    this.#stopped = true;
  }

  /**
   * Adopts the newest entry if it is later than all seen. `late`: that takes more than a lease, or
   * took more within the last {@link LEASES_LATE} leases.
   *
   * @param unpublished_ms For how long the leader has held a later snapshot unpublished.
   */
  async catchUp(newest: Version | null, unpublished_ms = 0): Promise<"yes" | "no" | "late"> {
    const { later, lease_ms, monotonic_ms } = this.options;
    if (isLater(newest, this.#newest)) this.#newest = newest;
    this.#catching_up ??= this.#loadNewest().finally(() => this.#catching_up = null);
    const late = Promise.withResolvers<"late">();
    const cancel = later(lease_ms, () => late.resolve("late"));
    const caught_up = await Promise.race([this.#catching_up, late.promise]);
    cancel();
    if (caught_up === "late" || unpublished_ms > lease_ms) {
      this.#late_until_ms = monotonic_ms() + LEASES_LATE * lease_ms;
    }
    if (monotonic_ms() < this.#late_until_ms) return "late";
    return caught_up ? "yes" : "no";
  }

  async #loadNewest(): Promise<boolean> {
    const { store, bytes_max, source, health } = this.options;
    while (!this.#stopped) {
      const newest = this.#newest;
      if (!isLater(newest, this.#seen)) {
        this.load_trouble.works();
        health.works(source, "load");
        return true;
      }
      if (!isLater(newest, this.#refused)) return false;
      let is_loaded = false;
      try {
        const bytes = await store.load(bytes_max);
        is_loaded = true;
        health.works(source, "load");
        // A later version that was announced meanwhile is loaded next.
        if (!isLater(this.#newest, newest)) this.#newest = this.#seen;
        if (this.#stopped) return true;
        if (bytes === null) continue;
        const { published, ...saved } = decodeEntry(bytes, source, bytes_max);
        if (isLater(published, this.#seen)) this.#adopt(saved, published);
        free(bytes);
      } catch (error) {
        this.#newest = this.#seen; // the next look tries again
        if (is_loaded || error instanceof EntryError) {
          this.#refused = newest;
          if (this.load_trouble.problem === null) this.options.onIgnored((error as Error).message);
        } else health.failed(source, "load", error);
        this.load_trouble.fails(error as Error);
        return false;
      }
    }
    return false;
  }

  #adopt(saved: SavedSnapshot, version: Version | null): void {
    const { poller, leads } = this.options;
    try {
      const event = leads() ? "snapshot.restored" : "snapshot.adopted";
      // Another leader may have missed what is held here: then the time decides.
      const in_order = this.#is_shared && this.#seen?.fence === version?.fence;
      poller.adopt(saved, { event, in_order });
      this.#is_shared = true;
      this.#unpublished_since_ms = Infinity;
      this.adopted++;
    } catch (error) {
      // What is held is newer; the leader will catch up. Until then, its versions are older, too.
      if (!(error instanceof PollError)) throw error;
      this.#is_shared = false;
    }
    this.#seen = version;
  }

  /** Publishes the held snapshot and what changes meanwhile. Never rejects. */
  async publish(nextVersion: () => Version | null): Promise<Published> {
    if (this.publish_trouble.rests) return "failed";
    this.#publishing ??= this.#publishAll(nextVersion).finally(() => this.#publishing = null);
    return await this.#publishing;
  }

  async #publishAll(nextVersion: () => Version | null): Promise<Published> {
    const { store, poller, source, health } = this.options;
    try {
      do {
        const published = nextVersion();
        if (published === null) return "lost";
        const saved = poller.save();
        if (saved === null) return "yes";
        const changes = this.#changes;
        const saved_ms = this.options.monotonic_ms();
        const entry = encodeEntry({ source, ...saved, published });
        const is_published = await store.publish(published, entry);
        free(saved.body);
        if (!is_published) return "lost";
        health.saved(source);
        this.published++;
        this.#seen = published;
        this.#is_shared = changes === this.#changes;
        this.#unpublished_since_ms = this.#is_shared ? Infinity : saved_ms;
      } while (!this.#is_shared);
      this.publish_trouble.works();
      return "yes";
    } catch (error) {
      health.failed(source, "save", error);
      this.publish_trouble.fails(error as Error);
      return "failed";
    }
  }
}

/** Frees a long body at once, without waiting for a garbage collection. */
function free({ buffer }: Uint8Array<ArrayBuffer>): void {
  buffer.transfer(0);
}
