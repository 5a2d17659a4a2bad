/** Replicas in virtual time, on one Redis and one source. */
import { mulberry32 } from "../../../tools/verdict/mod.ts";
import { VirtualTime } from "../../testing/virtual_time.ts";
import type { Leaderships } from "../leaderships.ts";
import { SimulatedRedis } from "./simulated_redis.ts";
import { LEASE_MS, SimulatedReplica, SimulatedSource } from "./simulated_replica.ts";

export class World {
  readonly time = new VirtualTime();
  readonly redis = new SimulatedRedis(this.time, LEASE_MS);
  readonly source = new SimulatedSource(this.time);
  readonly replicas: SimulatedReplica[] = [];
  readonly random = mulberry32(1);

  add(leaderships?: Leaderships): SimulatedReplica {
    const options = { ...this, leaderships, random: this.random };
    const replica = new SimulatedReplica(`r${this.replicas.length}`, options);
    this.replicas.push(replica);
    void replica.replica.start();
    return replica;
  }

  async started(count: number): Promise<SimulatedReplica[]> {
    for (let n = 0; n < count; n++) this.add();
    await this.time.pass(2000);
    return this.replicas;
  }

  get roles(): string[] {
    return this.replicas.map(({ role }) => role);
  }
  get held(): (number | null)[] {
    return this.replicas.map(({ poller }) => poller.held);
  }
  /** Replicas that polled in the last `ms`. */
  pollers(ms: number): string[] {
    const from_ms = this.time.now_ms - ms;
    const polls = this.source.polls.filter(({ at_ms }) => at_ms > from_ms);
    return [...new Set(polls.map(({ replica }) => replica))];
  }
  leader(): SimulatedReplica {
    return this.replicas.find(({ role }) => role === "leader")!;
  }
}
