/** A Redis in memory that behaves like scripts.ts on a real one, with the faults a test chooses. */
import { joinBytes } from "../../../platform/mod.ts";
import { ConnectionError } from "../../redis/mod.ts";
import type { Version } from "../../saved/mod.ts";
import type { VirtualTime } from "../../testing/virtual_time.ts";
import type { Lease, News, SharedSource } from "../shared_store.ts";

interface Held {
  readonly owner: string;
  readonly fence: number;
  until_ms: number;
}

export const OUT_OF_MEMORY = "OOM command not allowed when used memory > 'maxmemory'.";

/** One source's keys. */
export class SimulatedRedis {
  down = false;
  /** Whether writes that need memory fail. */
  full = false;
  /** Whether it refuses writes, as after a failover. */
  read_only = false;
  latency_ms = 0;
  /** Latency of loading an entry, which has a connection of its own. */
  load_latency_ms = 0;
  /** Time that an entry takes to be published, or to fail if `loses_entries`. */
  publish_latency_ms = 0;
  loses_entries = false;
  /** Replicas that cannot reach it. */
  readonly cut = new Set<string>();
  /** What connections have set and not published yet, by its key. */
  readonly uploads = new Map<string, Uint8Array<ArrayBuffer>>();
  entry: { version: Version; bytes: Uint8Array<ArrayBuffer> } | null = null;
  lease: Held | null = null;
  #fence = 0;
  #polls = "";
  readonly #present = new Map<string, number>();
  readonly #listeners = new Map<string, (news: News) => void>();

  constructor(readonly time: VirtualTime, readonly lease_ms: number) {}

  /** As after a restart without persistence. */
  empty(): void {
    this.entry = this.lease = null;
    this.#fence = 0;
    this.#present.clear();
    this.uploads.clear();
  }

  /** As after a failover to a server that lacks the last writes. */
  rollBack(entry: SimulatedRedis["entry"]): void {
    this.entry = entry;
    this.lease = null;
    this.#fence = entry?.version.fence ?? 0;
  }

  /** Connections that were lost are there again. */
  reconnect(): void {
    for (const listen of this.#listeners.values()) listen("missed");
  }

  /** Calls back for each news until the returned function is called. */
  listen(name: string, onNews: (news: News) => void): () => void {
    this.#listeners.set(name, onNews);
    return () => void this.#listeners.delete(name);
  }

  store(replica_id: string, onNews: (news: News) => void): SharedSource {
    this.listen(replica_id, onNews);
    const reach = async () => {
      if (this.latency_ms > 0) await this.time.wait(this.latency_ms);
      if (this.down || this.cut.has(replica_id)) throw new ConnectionError("no connection");
    };
    return {
      untilConnected: reach,
      hold: async (known, may_lead, polls) => {
        await reach();
        return this.hold(replica_id, known, may_lead, polls);
      },
      publish: async (version, parts) => {
        await reach();
        if (this.publish_latency_ms > 0) await this.time.wait(this.publish_latency_ms);
        if (this.loses_entries) throw new ConnectionError("no reply to SET");
        if (this.full) throw new Error(OUT_OF_MEMORY);
        return this.publish(replica_id, version, joinBytes(parts));
      },
      load: async () => {
        await reach();
        if (this.load_latency_ms > 0) await this.time.wait(this.load_latency_ms);
        return this.entry && this.entry.bytes.slice();
      },
      release: async (leaves) => {
        await reach();
        this.release(replica_id, leaves);
      },
    };
  }

  /** PUBLISH of scripts.ts. */
  publish(owner: string, version: Version, bytes: Uint8Array<ArrayBuffer>): boolean {
    if (!this.owns(owner, version.fence)) return false;
    this.entry = { version, bytes };
    this.#announce(version);
    return true;
  }

  /** RELEASE of scripts.ts. */
  release(owner: string, leaves: boolean): boolean {
    if (leaves) this.#present.delete(owner);
    if (this.#current?.owner !== owner) return false;
    this.lease = null;
    this.#announce("free");
    return true;
  }

  get #current(): Held | null {
    return this.lease !== null && this.lease.until_ms > this.time.now_ms ? this.lease : null;
  }

  owns(owner: string, fence: number): boolean {
    return this.#current?.owner === owner && this.#current.fence === fence;
  }

  /** HOLD of scripts.ts. */
  hold(owner: string, known: number, may_lead: boolean, polls: string): Lease {
    const { now_ms } = this.time;
    if (this.#current?.owner === owner) this.#current.until_ms = now_ms + this.lease_ms;
    else if (this.#current === null && may_lead) {
      if (this.full) throw new Error(OUT_OF_MEMORY);
      this.#fence = Math.max(this.#fence + 1, known + 1, Math.floor(now_ms / 1000));
      this.lease = { owner, fence: this.#fence, until_ms: now_ms + this.lease_ms };
    }
    if (this.#current?.owner === owner) this.#polls = polls;
    this.#present.set(owner, now_ms);
    const present = [...this.#present.values()].filter((at) => at > now_ms - this.lease_ms);
    return {
      leader: this.#current?.owner ?? null,
      fence: this.#current?.fence ?? 0,
      left_ms: (this.#current?.until_ms ?? now_ms) - now_ms,
      newest: this.entry?.version ?? null,
      replicas: present.length,
      polls: this.#polls,
    };
  }

  #announce(news: News): void {
    for (const [replica_id, listen] of this.#listeners) {
      if (!this.down && !this.cut.has(replica_id)) listen(news);
    }
  }
}
