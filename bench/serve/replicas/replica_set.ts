/**
 * Replicas as processes of this machine: a source, a Redis, and metrics_servers on both.
 *
 *     refresh_source ◀──polls── leader ──publishes──▶ redis ──▶ followers
 *                                 └── poll.run            snapshot.adopted ──┘  (stdout)
 */
import type { ReplicaStats, StatsAnswer } from "../../../contracts/mod.ts";
import { fetchJson, fetchRaw } from "../../../tools/http/mod.ts";
import { until } from "../../../tools/verdict/mod.ts";
import {
  type DenoProcess,
  launchMetricsServer,
  ready,
  type SourceCounts,
  startRefreshSource,
} from "../../rig/mod.ts";
import { type Redis, startRedis } from "./redis.ts";

/** Longest wait for a leader and its followers: leases expire and polls are repeated meanwhile. */
const SETTLE_MS_MAX = 60_000;
const LOOK_EVERY_MS = 25;

/** A poll or an adoption that brought a snapshot. */
export interface Served {
  /** When the serving thread had it, by this machine's clock, to the millisecond. */
  readonly epoch_ms: number;
  /** Duration of the poll; undefined if it was adopted. */
  readonly cycle_ms?: number;
}

/** A metrics_server of the set, and what its log says about snapshots and its role. */
export class Replica implements AsyncDisposable {
  /** Snapshots by id, in the order in which it served them. */
  readonly served = new Map<string, Served>();
  /** Changes of its role. */
  readonly roles: { readonly role: ReplicaStats["role"]; readonly epoch_ms: number }[] = [];

  constructor(readonly server: DenoProcess) {}

  /** Reads a line of its log. */
  take(line: string): void {
    const { event, ts, snapshot_id, role, cycle_ms } = JSON.parse(line);
    const epoch_ms = Date.parse(ts);
    if (event === "replica.role") this.roles.push({ role, epoch_ms });
    if (event !== "poll.run" && event !== "snapshot.adopted") return;
    if (!this.served.has(snapshot_id)) this.served.set(snapshot_id, { epoch_ms, cycle_ms });
  }

  kill(signal: Deno.Signal): void {
    Deno.kill(this.server.pid, signal);
  }

  stats(): Promise<StatsAnswer> {
    return fetchJson<StatsAnswer>(this.server.host, "/stats");
  }

  async role(): Promise<ReplicaStats["role"] | undefined> {
    return (await this.stats()).sources[0].replica?.role;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

interface SetOptions {
  readonly switches: number;
  readonly fields: number;
  /** Environment of each metrics_server. */
  readonly env: Readonly<Record<string, string>>;
}

/** Disposal stops all processes. */
export class ReplicaSet implements AsyncDisposable {
  readonly replicas: Replica[] = [];
  /** metrics_servers on the same source, without the store. */
  readonly #others: DenoProcess[] = [];

  private constructor(
    readonly options: SetOptions,
    readonly source: DenoProcess,
    readonly redis: Redis,
  ) {}

  /** Starts the source, the store and `count` replicas. */
  static async start(options: SetOptions, count: number): Promise<ReplicaSet> {
    const source = await startRefreshSource(options.switches, options.fields);
    const set = new ReplicaSet(options, source, await startRedis());
    for (let n = 0; n < count; n++) await set.add();
    return set;
  }

  /** Starts another replica and waits until it serves. */
  async add(): Promise<Replica> {
    const { env } = this.options;
    const all = { ...env, SNAPSHOT_STORE: this.redis.url };
    const name = `replica ${this.replicas.length + 1}`;
    const replica: Replica = new Replica(
      launchMetricsServer(name, this.source, all, undefined, (line) => replica.take(line)),
    );
    await ready(replica.server, "/readyz");
    this.replicas.push(replica);
    return replica;
  }

  /** Starts a metrics_server on the same source without the store. */
  async addAlone(name: string): Promise<DenoProcess> {
    const server = launchMetricsServer(name, this.source, { ...this.options.env });
    await ready(server, "/readyz");
    this.#others.push(server);
    return server;
  }

  /** The leader and the others, once all have agreed on one. */
  async roles(): Promise<[leader: Replica, followers: Replica[]]> {
    return await until("one leader with followers", async () => {
      const roles = await Promise.all(this.replicas.map((replica) => replica.role()));
      const leader = this.replicas[roles.indexOf("leader")];
      const followers = this.replicas.filter((_, at) => roles[at] === "follower");
      const is_settled = leader !== undefined && followers.length === this.replicas.length - 1;
      return is_settled && [leader, followers] satisfies [Replica, Replica[]];
    }, { wait_ms_max: SETTLE_MS_MAX, look_every_ms: LOOK_EVERY_MS, retry_errors: true });
  }

  /** Ends a replica and forgets it. */
  async remove(replica: Replica): Promise<void> {
    this.replicas.splice(this.replicas.indexOf(replica), 1);
    await replica[Symbol.asyncDispose]();
  }

  /** Lets the source have a new snapshot every `every_ms`, timed by its polls. */
  async refreshEvery(every_ms: number): Promise<void> {
    await this.#postToSource(`/refresh?every_ms=${every_ms}`);
  }

  /** Stops new snapshots; resolves once all processes have the last one. */
  async hold(): Promise<void> {
    await this.#postToSource("/hold");
    const id = (await this.sent()).recent.at(-1)?.snapshot_id;
    const hosts = [...this.replicas.map(({ server }) => server), ...this.#others];
    await until(`snapshot ${id} on all`, async () => {
      const all = await Promise.all(
        hosts.map(({ host }) => fetchJson<StatsAnswer>(host, "/stats")),
      );
      return all.every(({ sources: [{ snapshot_id }] }) => snapshot_id === id);
    }, { wait_ms_max: SETTLE_MS_MAX, look_every_ms: LOOK_EVERY_MS });
  }

  async #postToSource(path: string): Promise<void> {
    await fetchRaw({ host: this.source.host, path, method: "POST" });
  }

  sent(): Promise<SourceCounts> {
    return fetchJson<SourceCounts>(this.source.host, "/sent");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of [...this.replicas, ...this.#others, this.source, this.redis]) {
      await process[Symbol.asyncDispose]();
    }
  }
}
