/**
 * One process among the replicas of a source: its role, which decides whether it polls.
 *
 *                 takes the lease                         lease lost, or given up
 *     follower ──────────────────> leader: polls ──────────────────────────────> follower
 *        │  adopts what the leader publishes       publishes                        ^
 *        └──no word from the store for a lease and more──> alone: polls ──word──────┘
 *
 * Redis decides about the lease (see scripts.ts). A leader that hears nothing for a lease goes on
 * polling as `alone`. Followers begin to poll at random times within one more lease, so that the
 * source sees no herd.
 */
import type { ReplicaRole, ReplicaStats } from "../../contracts/mod.ts";
import { CIRCUIT_OPENS_AFTER, type Poller, type PollOutcome } from "../poll/mod.ts";
import { ConnectionError } from "../redis/mod.ts";
import type { Version } from "../saved/mod.ts";
import { Exchange, type ExchangeOptions } from "./exchange.ts";
import { type LeaderReport, readReport, reportText } from "./leader_polls.ts";
import type { Leaderships } from "./leaderships.ts";
import type { Lease, News } from "./shared_store.ts";
import { Timer } from "./timer.ts";

/** Looks into the store within a lease, each of which renews a leader's lease. */
const LOOKS_PER_LEASE = 3;

/** Longest wait for the store at the start; the first poll follows within as much again. */
export const JOIN_MS_MAX = 1000;

/** After giving up a lease for a fault of its own, a replica takes none for this many leases. */
const LEASES_ABSTAINED = 3;

/** A leader gives up its lease for a fault of its own at most once in this many leases. */
const LEASES_KEPT = 20;

export interface ReplicaOptions extends Omit<ExchangeOptions, "leads" | "onIgnored" | "poller"> {
  readonly replica_id: string;
  readonly poller: Pick<Poller, "adopt" | "save" | "start" | "pause" | "stats">;
  readonly leaderships: Leaderships;
  random(): number;
  report(
    event: "replica.role" | "snapshot.ignored",
    fields: Readonly<Record<string, unknown>>,
  ): void;
  /** {@link Replica.stats} have changed. */
  onChange(): void;
}

export class Replica {
  #role: ReplicaRole = "follower";
  #leader: string | null = null;
  /** Number of the newest election heard of, and its winner. */
  #fence = 0;
  #elected: string | null = null;
  /** Number of the last election won, and the publications since. */
  #term = 0;
  #published = 0;
  #replicas = 1;
  #report: LeaderReport | null = null;
  readonly #exchange: Exchange;
  #looking = false;
  #look_again = false;
  readonly #look_timer: Timer;
  readonly #deadline: Timer;
  #abstains_until_ms = -Infinity;
  /** Until then it keeps its lease, because others have had their turn. */
  #keeps_until_ms = -Infinity;
  #stopped = false;
  readonly #joined = Promise.withResolvers<void>();

  constructor(readonly options: ReplicaOptions) {
    this.#look_timer = new Timer(options);
    this.#deadline = new Timer(options);
    this.#exchange = new Exchange({
      ...options,
      leads: () => this.#role === "leader",
      onIgnored: (detail) => options.report("snapshot.ignored", { source: options.source, detail }),
    });
  }

  /** The leader's report of its polls; null unless this replica follows and has a report. */
  get leader_polls(): LeaderReport["polls"] | null {
    return this.#role === "follower" && this.#report !== null ? this.#report.polls : null;
  }

  get stats(): ReplicaStats {
    const { published, adopted } = this.#exchange;
    const { replica_id } = this.options;
    const leader = this.#leader;
    return { role: this.#role, replica_id, leader, fence: this.#fence, published, adopted };
  }

  /** Joins the replicas; resolves once there is a snapshot, or none to wait for. */
  start(): Promise<void> {
    const { later, random } = this.options;
    const late = later(JOIN_MS_MAX, () => this.#joined.resolve());
    this.#expect(JOIN_MS_MAX * (1 + random()), "the store cannot be reached");
    void this.#look();
    return this.#joined.promise.finally(late);
  }

  /** Something has happened in the store. */
  take(news: News): void {
    if (news === "missed") this.#look();
    else if (news === "free") {
      if (!this.#abstains) this.#lookIn(this.options.leaderships.takeDelay());
    } else if (this.#role !== "leader") void this.#catchUp(news);
  }

  /** A poll has ended. */
  polled({ event, snapshot, not_after_ms, stats }: PollOutcome): void {
    if (event === "poll.run" && (snapshot !== null || not_after_ms !== undefined)) {
      this.#exchange.changed();
      if (this.#role === "leader") void this.#publish();
    }
    if (this.#role !== "leader" || stats.consecutive_failures < CIRCUIT_OPENS_AFTER) return;
    // Another leader would have to begin its doubts anew.
    if (stats.last_error?.cause === "older_snapshot") return;
    this.#letOthersTry("the source fails here, perhaps not for others");
  }

  /** Gives up the lease for a fault that others may not have, unless it did so a short time ago. */
  #letOthersTry(reason: string, role: ReplicaRole = "follower"): void {
    const { monotonic_ms, lease_ms } = this.options;
    if (this.#replicas === 1 || monotonic_ms() < this.#keeps_until_ms) return;
    this.#keeps_until_ms = monotonic_ms() + LEASES_KEPT * lease_ms;
    this.#resign(reason, LEASES_ABSTAINED, role);
  }

  /** Publishes what is unpublished and gives up the lease. Never rejects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#look_timer.clear();
    this.#deadline.clear();
    if (this.#role === "leader" && this.#exchange.isUnpublished()) await this.#publish();
    this.#exchange.stop();
    await this.options.store.release(true).catch(() => {});
  }

  /** Reads the leader and the newest version from the store; renews or takes the lease. */
  async #look(): Promise<void> {
    if (this.#stopped) return;
    if (this.#looking) {
      this.#look_again = true;
      return;
    }
    this.#looking = true;
    this.#look_timer.clear();
    const { store, source, health, poller, lease_ms, monotonic_ms } = this.options;
    let next_ms = lease_ms / LOOKS_PER_LEASE;
    let sent_ms = monotonic_ms();
    try {
      await store.untilConnected();
      sent_ms = monotonic_ms();
      const unpublished_ms = this.#role === "leader" ? this.#exchange.unpublished_ms : 0;
      const polls = reportText(poller.stats, unpublished_ms);
      const lease = await store.hold(this.#fence, !this.#abstains, polls);
      if (monotonic_ms() - sent_ms >= lease_ms) {
        throw new ConnectionError("no reply within LEASE_MS");
      }
      health.works(source, "lease");
      if (!this.#stopped) this.#hear(lease, sent_ms + lease_ms);
      if (this.#role !== "leader") next_ms = Math.min(next_ms, this.#takeOverIn(lease));
    } catch (error) {
      health.failed(source, "lease", error);
    }
    this.#looking = false;
    const passed_ms = monotonic_ms() - sent_ms;
    this.#lookIn(this.#look_again ? 0 : next_ms - passed_ms);
    this.#look_again = false;
  }

  /** Looks into the store after `delay_ms`, unless an earlier look is due. */
  #lookIn(delay_ms: number): void {
    if (this.#stopped || delay_ms >= this.#look_timer.left_ms) return;
    this.#look_timer.set(delay_ms, () => this.#look());
  }

  /** Time until the lease of another replica ends, unless it renews it. */
  #takeOverIn({ leader, left_ms }: Lease): number {
    const delay_ms = this.options.leaderships.takeDelay();
    return leader === null ? Infinity : left_ms + delay_ms;
  }

  get #abstains(): boolean {
    return this.options.monotonic_ms() < this.#abstains_until_ms;
  }

  /** @param until_ms End of the lease, if this replica holds it. */
  #hear(lease: Lease, until_ms: number): void {
    const { replica_id, lease_ms, monotonic_ms, random } = this.options;
    const left_ms = until_ms - monotonic_ms();
    if (lease.leader !== null) this.#countElection(lease);
    this.#leader = lease.leader;
    this.#replicas = lease.replicas;
    if (lease.leader === replica_id && left_ms > 0) {
      this.#expect(left_ms, "its lease ended before the store renewed it");
      void this.#lead(lease);
    } else if (lease.leader !== null && lease.leader !== replica_id) {
      this.#expect(left_ms + random() * lease_ms, "the store cannot be reached");
      void this.#follow(lease);
    }
  }

  /** Fencing numbers grow and each has one winner, unless the store has lost its data. */
  #countElection({ leader, fence }: Lease): void {
    const is_new = fence > this.#fence;
    if (!is_new && (fence < this.#fence || leader !== this.#elected)) this.#exchange.forget();
    this.#fence = fence;
    this.#elected = leader;
  }

  /** Polls alone after `delay_ms` unless the store answers before. */
  #expect(delay_ms: number, reason: string): void {
    this.#deadline.set(delay_ms, () => {
      this.#leader = null;
      this.#become("alone", reason);
    });
  }

  async #lead({ fence, newest, replicas }: Lease): Promise<void> {
    const { leaderships, poller } = this.options;
    if (this.#term !== fence) {
      this.#term = fence;
      this.#published = 0;
      this.#exchange.elected();
    }
    this.#become("leader", "it holds the lease");
    await this.#exchange.catchUp(newest);
    if (this.#role !== "leader" || this.#stopped) return;
    poller.start();
    this.#joined.resolve();
    if (this.#exchange.isUnpublished(newest)) await this.#publish();
    if (this.#role === "leader" && leaderships.exceedShare(replicas)) {
      this.#resign("others lead fewer sources", 1);
    }
  }

  async #follow({ newest, polls }: Lease): Promise<void> {
    this.#report = readReport(polls);
    if (this.#role === "leader") this.#become("follower", "another replica leads");
    await this.#catchUp(newest);
    this.#joined.resolve();
    this.options.onChange();
  }

  /** Adopts a published version; polls alone while that fails or is late. */
  async #catchUp(newest: Version | null): Promise<void> {
    const caught_up = await this.#exchange.catchUp(newest, this.#report?.unpublished_ms);
    const follows = this.#leader !== null && this.#leader !== this.options.replica_id;
    if (this.#stopped || !follows) return;
    const problem = caught_up === "late" ? "it is late" : this.#exchange.load_trouble.problem;
    if (caught_up === "yes") this.#become("follower", "another replica leads");
    else if (problem !== null) {
      this.#become("alone", `what the leader publishes cannot be used: ${problem}`);
    }
  }

  async #publish(): Promise<void> {
    const published = await this.#exchange.publish(() => {
      const leads = this.#role === "leader";
      return leads ? { fence: this.#term, n: ++this.#published } : null;
    });
    this.options.onChange();
    if (this.#stopped || this.#role !== "leader") return;
    const { problem } = this.#exchange.publish_trouble;
    if (published === "lost") await this.#look();
    else if (problem !== null) this.#letOthersTry(`it cannot publish: ${problem}`, "alone");
  }

  /** Gives up the lease, which others take at once, and takes none for some leases. */
  #resign(reason: string, leases: number, role: ReplicaRole = "follower"): void {
    const { store, lease_ms, monotonic_ms, random } = this.options;
    const soon_ms = lease_ms / LOOKS_PER_LEASE;
    this.#abstains_until_ms = monotonic_ms() + lease_ms * (leases + random());
    this.#leader = null;
    this.#become(role, reason);
    this.#expect(soon_ms, "no other replica took the lease");
    this.#lookIn(soon_ms / 2);
    store.release(false).catch(() => {}); // it will end by itself
  }

  #become(role: ReplicaRole, reason: string): void {
    const { poller, leaderships, source, health } = this.options;
    const before = this.#role;
    this.#role = role;
    if (role === "alone") {
      poller.start();
      this.#joined.resolve();
    } else if (role === "follower") {
      poller.pause();
      health.works(source, "save");
    }
    if (before === role) return;
    if (before === "leader") leaderships.lost();
    if (role === "leader") leaderships.took();
    const { leader, fence } = this.stats;
    this.options.report("replica.role", { source, role, leader, fence, reason });
    this.options.onChange();
  }
}
