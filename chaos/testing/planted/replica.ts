/**
 * The planted cache as one of several replicas. Redis holds the lease and the last snapshot.
 *
 *     leader:    claim the lease every LEASE_MS / 3, poll, publish
 *     follower:  look into the store every 50 ms, adopt what is newer
 *     alone:     no contact for LEASE_MS and a random share of it: poll without the store
 */
import { SmallRedis } from "./small_redis.ts";

/** Time between two looks into the store, in milliseconds. */
const LOOK_MS = 50;
const LEASE_KEY = "planted:lease", FENCE_KEY = "planted:fence";
const TAKEN_KEY = "planted:taken", SNAPSHOT_KEY = "planted:snapshot";

/** Renews the owner's lease or takes a free one; the fencing number, or null if another leads. */
const CLAIM = `local owner = redis.call("get", KEYS[1])
if owner and owner ~= ARGV[1] then return false end
redis.call("set", KEYS[1], ARGV[1], "px", ARGV[2])
if owner then return redis.call("get", KEYS[2]) end
return redis.call("incr", KEYS[2])`;

/** Stores a snapshot unless a newer leader or a newer snapshot is there. */
const PUBLISH = `if tonumber(redis.call("get", KEYS[1]) or 0) > tonumber(ARGV[1]) then return 0 end
if tonumber(redis.call("get", KEYS[2]) or 0) >= tonumber(ARGV[2]) then return 0 end
redis.call("set", KEYS[2], ARGV[2])
redis.call("set", KEYS[3], ARGV[3])
return 1`;

/** A snapshot as replicas share it. */
export interface SharedSnapshot {
  /** Time of the source's snapshot, in epoch ms. */
  readonly taken_ms: number;
  readonly etag: string | null;
  readonly csv: string;
}

interface ReplicaOptions {
  /** `redis://127.0.0.1:6379` */
  readonly store: string;
  readonly lease_ms: number;
  /** The snapshot this replica serves. */
  held(): SharedSnapshot | null;
  adopt(snapshot: SharedSnapshot): void;
  /** Deviations from what is correct. */
  readonly defects: {
    readonly look_ms?: number;
    readonly first_look_ms: number;
    readonly never_claims: boolean;
    readonly stays_alone: boolean;
    /** Adopts what the store has, even if it is older. */
    readonly adopts_older: boolean;
    /** Publishes without a look at the fencing number, and before it claims its lease again. */
    readonly no_fencing: boolean;
  };
}

export class Replica {
  readonly #options: ReplicaOptions;
  readonly #id = crypto.randomUUID();
  role: "leader" | "follower" | "alone" = "follower";
  fence: number | null = null;
  #claimed_ms = -Infinity;
  #contact_ms = performance.now();
  #has_lost_contact = false;
  readonly #patience_ms: number;
  readonly #redis: SmallRedis;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#redis = new SmallRedis(options.store);
    this.#patience_ms = options.lease_ms * (1 + Math.random());
  }

  /** A leader that stood still for a lease claims it again before it polls. */
  get may_poll(): boolean {
    return this.role === "alone" || this.role === "leader" && !this.#stood_still;
  }

  get #stood_still(): boolean {
    return performance.now() - this.#claimed_ms > this.#options.lease_ms;
  }

  /** A first look, unless it comes late by defect. */
  async start(): Promise<void> {
    if (this.#options.defects.first_look_ms === 0) await this.#look().catch(() => {});
  }

  async run(): Promise<never> {
    const { defects } = this.#options;
    await sleep(defects.first_look_ms);
    for (;;) {
      try {
        await this.#look();
        this.#contact_ms = performance.now();
      } catch {
        this.#has_lost_contact = true;
        const silent_ms = performance.now() - this.#contact_ms;
        if (this.role === "follower" && silent_ms > this.#patience_ms) this.role = "alone";
      }
      await sleep(defects.look_ms ?? LOOK_MS);
    }
  }

  async #look(): Promise<void> {
    const { lease_ms, defects } = this.#options;
    const now_ms = performance.now();
    if (defects.adopts_older && this.#has_lost_contact) await this.#adopt();
    this.#has_lost_contact = false;
    if (now_ms - this.#claimed_ms >= lease_ms / 3) {
      if (defects.no_fencing && this.#stood_still) await this.publish();
      this.#claimed_ms = now_ms;
      await this.#claim();
    }
    if (this.role !== "leader") await this.#adopt();
  }

  async #adopt(): Promise<void> {
    const { defects, held, adopt } = this.#options;
    const taken_ms = Number(await this.#redis.command("GET", TAKEN_KEY));
    const mine_ms = held()?.taken_ms ?? 0;
    const differs = defects.adopts_older ? taken_ms !== mine_ms : taken_ms > mine_ms;
    if (taken_ms === 0 || !differs) return;
    adopt(JSON.parse(String(await this.#redis.command("GET", SNAPSHOT_KEY))));
  }

  async #claim(): Promise<void> {
    const { lease_ms, defects } = this.#options;
    if (defects.stays_alone && this.role === "alone") return;
    if (defects.never_claims && this.role !== "leader") {
      const fence = await this.#redis.command("GET", FENCE_KEY);
      if (fence !== null) {
        this.role = "follower";
        this.fence = Number(fence);
        return;
      }
    }
    const keys = ["2", LEASE_KEY, FENCE_KEY];
    const reply = await this.#redis.command("EVAL", CLAIM, ...keys, this.#id, String(lease_ms));
    const fence = reply === null ? null : Number(reply);
    this.role = fence === null ? "follower" : "leader";
    const is_new = fence !== null && fence !== this.fence;
    this.fence = fence ?? Number(await this.#redis.command("GET", FENCE_KEY));
    if (is_new) await this.publish();
  }

  /** Stores the held snapshot if this replica leads; does nothing without the store. */
  async publish(): Promise<void> {
    const snapshot = this.#options.held();
    if (this.role !== "leader" || snapshot === null) return;
    const taken = String(snapshot.taken_ms), text = JSON.stringify(snapshot);
    if (this.#options.defects.no_fencing) {
      await this.#redis.command("SET", SNAPSHOT_KEY, text);
      await this.#redis.command("SET", TAKEN_KEY, taken);
      return;
    }
    const keys = ["3", FENCE_KEY, TAKEN_KEY, SNAPSHOT_KEY];
    await this.#redis.command("EVAL", PUBLISH, ...keys, String(this.fence), taken, text);
  }
}

function sleep(wait_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, wait_ms));
}
