/**
 * The Redis that the replicas of a source share: leases, published snapshots, and news of both.
 *
 *     control client ── hold, release, subscribed to the news ──┐
 *                                                               ├── Redis
 *     data client ── entries, which may be long ────────────────┘
 *
 * Redis limits what it sends to a subscribed client (`client-output-buffer-limit pubsub`, 32 MB),
 * and a long entry would delay the renewal of a lease.
 */
import { ConnectionError, RedisClient, type RedisClientOptions } from "../redis/mod.ts";
import { keyOf, rejectTooLong, type Version } from "../saved/mod.ts";
import { HOLD, PUBLISH, RELEASE, UPLOAD_MS_MAX } from "./scripts.ts";
import { parseVersion, versionText } from "./version.ts";

const PREFIX = "fabric-telemetry";

/** Longest reply of Redis: its own limit for a string, `proto-max-bulk-len`. */
const REPLY_BYTES_MAX = 512 * 1024 * 1024;

/** State of a source's lease. */
export interface Lease {
  /** `replica_id` of the leader; null without one. */
  readonly leader: string | null;
  /** Number of its election. */
  readonly fence: number;
  readonly left_ms: number;
  /** Version of the newest entry; null without one. */
  readonly newest: Version | null;
  /** Replicas of the source, this one included. */
  readonly replicas: number;
  /** The leader's report at its last {@link SharedSource.hold}; empty if unknown. */
  readonly polls: string;
}

/** News of a source: a version is published, the lease is free, or news may have been missed. */
export type News = Version | "free" | "missed";

/** One source in the shared store. Each method rejects if Redis fails. */
export interface SharedSource {
  /** Resolves once {@link hold} can be sent; rejects if connecting fails. */
  untilConnected(): Promise<void>;
  /**
   * Renews this replica's lease, or takes a free one if `may_lead`. The store passes the `polls` of
   * a leader on to the others.
   */
  hold(known_fence: number, may_lead: boolean, polls: string): Promise<Lease>;
  /** Replaces the entry and announces it. False, without effect, if the lease is lost. */
  publish(version: Version, parts: readonly Uint8Array<ArrayBuffer>[]): Promise<boolean>;
  /** The newest entry, or null. Rejects with an `EntryError` if the entry is too long. */
  load(bytes_max: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Gives up the lease, if it is this replica's; `leaves`: the replica itself ends. */
  release(leaves: boolean): Promise<void>;
}

type SharedStoreOptions =
  & Pick<RedisClientOptions, "address" | "dial" | "later" | "random">
  & { readonly replica_id: string; readonly lease_ms: number };

/** @param sources Names of the sources, see `sourceName`; `onNews` gets an index into them. */
export function sharedStore(
  options: SharedStoreOptions,
  sources: readonly string[],
  onNews: (source: number, news: News) => void,
): { readonly sources: readonly SharedSource[]; start(): void; close(): void } {
  const { replica_id, lease_ms } = options;
  // In braces: a clustered Redis keeps all keys of a source on one node.
  const keys = sources.map((source) => `{${keyOf(source)}}`);
  const channels = keys.map((key) => `${PREFIX}:news:${key}`);
  const control = new RedisClient({
    ...options,
    reply_bytes_max: 1 << 20,
    reconnect_ms_max: lease_ms,
    channels,
    onConnected() {
      data.hurry();
      sources.forEach((_, source) => onNews(source, "missed"));
    },
    onMessage(channel, payload) {
      const news = payload === "free" ? payload : parseVersion(payload);
      const source = channels.indexOf(channel);
      if (news !== null && source >= 0) onNews(source, news);
    },
  });
  const data = new RedisClient({
    ...options,
    reply_bytes_max: REPLY_BYTES_MAX,
    reconnect_ms_max: lease_ms,
    channels: [],
    onConnected() {},
    onMessage() {},
  });

  const shared = (key: string, source: number): SharedSource => {
    const at = (kind: string) => `${PREFIX}:${kind}:${key}`;
    const upload = `${PREFIX}:upload:${replica_id}:${key}`;
    return {
      untilConnected: () => control.untilConnected(),
      async hold(known_fence, may_lead, polls) {
        const names = ["lease", "fence", "newest", "replicas", "polls", "snapshot"].map(at);
        const may = may_lead ? "1" : "0";
        const values = [replica_id, String(known_fence), String(lease_ms), may, polls];
        return leaseOf(await control.send("EVAL", HOLD, "6", ...names, ...values));
      },
      async publish(version, parts) {
        const lease = `${version.fence} ${replica_id}`;
        const names = [at("lease"), upload, at("snapshot"), at("newest")];
        const values = [lease, versionText(version), channels[source]];
        await data.untilConnected();
        await data.send("SET", upload, parts, "PX", String(UPLOAD_MS_MAX));
        return await data.send("EVAL", PUBLISH, "4", ...names, ...values) === 1;
      },
      async load(bytes_max) {
        await data.untilConnected();
        rejectTooLong(Number(await data.send("STRLEN", at("snapshot"))), bytes_max);
        const reply = await data.send("GET", at("snapshot"));
        if (reply === null || reply instanceof Uint8Array) return reply;
        throw new ConnectionError("the reply to GET is no string");
      },
      async release(leaves) {
        const values = [replica_id, channels[source], leaves ? "1" : "0"];
        await control.send("EVAL", RELEASE, "2", at("lease"), at("replicas"), ...values);
      },
    };
  };
  return {
    sources: keys.map(shared),
    start() {
      control.start();
      data.start();
    },
    close() {
      control.stop();
      data.stop();
    },
  };
}

const decoder = new TextDecoder();

/** @throws {ConnectionError} for a reply of another form. */
function leaseOf(reply: unknown): Lease {
  const [lease, left_ms, newest, replicas, polls] = Array.isArray(reply) ? reply : [];
  if (![lease, newest, polls].every((text) => text instanceof Uint8Array)) {
    throw new ConnectionError("the reply to EVAL is no lease");
  }
  const [fence, leader = null] = decoder.decode(lease).split(" ", 2);
  return {
    leader,
    fence: Number(fence),
    left_ms: Math.max(0, Number(left_ms)),
    newest: parseVersion(decoder.decode(newest)),
    replicas: Number(replicas),
    polls: decoder.decode(polls),
  };
}
