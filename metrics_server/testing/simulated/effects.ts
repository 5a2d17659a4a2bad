/** Turns faults on and off in a world. */
import { type DrawnFault, nameOf } from "../../../chaos/mod.ts";
import type { SimulatedRedis } from "../../replicas/testing/simulated_redis.ts";
import type { Subject } from "./subject.ts";

import type { World } from "./world.ts";

/** Time between two looks whether a process has ended. */
const ENDING_LOOK_MS = 50;

export class FaultEffects {
  /** Subject that a fault was turned on for, by the fault's name. */
  readonly #targets = new Map<string, number>();
  /** Whether a subject that was ended has ended. */
  readonly #ending = new Map<number, boolean>();
  #kept: SimulatedRedis["entry"] = null;

  constructor(readonly world: World) {}

  begin(fault: DrawnFault): void {
    const { world } = this;
    const { kind, values } = fault;
    world.observer.log(`FAULT ${nameOf(fault)} ${JSON.stringify(values)}`);
    world.active.add(fault);
    this.#breakConnections();
    switch (kind) {
      case "process.restart":
        return this.#end(fault, () => this.#startAgain(fault));
      case "process.kill":
        return this.#end(fault, () => {});
      case "process.restart_both":
        world.source.stop();
        world.network.breakAll();
        return this.#endSubject(0, "SIGKILL", () => {});
      case "process.rolling_restart":
        return world.subjects.forEach((_, number) => {
          const at_ms = number * fault.for_ms / world.subjects.length;
          world.time.later(
            at_ms,
            () => this.#endSubject(number, "SIGTERM", () => world.start(number)),
          );
        });
      case "process.add_replica":
        return world.start(world.subjects.length);
      case "process.freeze":
        return this.#target(fault)?.freeze();
      case "worker.crash":
        return this.#numbered(fault)?.crashWorker();
      case "store.rolled_back":
        this.#kept = world.redis.entry;
        return;
      default:
        return this.#set(fault, true);
    }
  }

  lift(fault: DrawnFault): void {
    const { world } = this;
    world.observer.log(`LIFT ${nameOf(fault)}`);
    // Toxiproxy ends the connections that it held.
    if (fault.kind === "tcp.hang") this.#breakHop(fault.place);
    world.active.remove(fault);
    switch (fault.kind) {
      case "process.kill":
        return this.#startAgain(fault);
      case "process.restart_both":
        world.source.start();
        return this.#startSubject(0);
      case "process.freeze":
        return this.#target(fault)?.thaw();
      case "store.rolled_back":
        world.redis.rollBack(this.#kept);
        world.observer.storeEmptied();
        return world.hop.breakAll();
      default:
        return this.#set(fault, false);
    }
  }

  /** Faults that are a state of something. */
  #set(fault: DrawnFault, is_on: boolean): void {
    const { redis } = this.world;
    if (fault.kind === "store.full") redis.full = is_on;
    if (fault.kind === "store.read_only") redis.read_only = is_on;
    if (fault.kind !== "clock.skew") return;
    const subject = this.#numbered(fault);
    if (subject !== null) subject.skew_ms = is_on ? Number(fault.values.skew_ms) : 0;
  }

  /** Ends the connections of subjects that could not connect now. */
  #breakConnections(): void {
    const { network, hop } = this.world;
    for (const { subject } of this.world.subjects.flatMap((_, subject) => ({ subject }))) {
      const isOf = (one: { subject: number }) => one.subject === subject;
      if (network.refusal(subject) !== null) network.breakAll(isOf);
      if (hop.isRefused(subject)) hop.breakAll(isOf);
    }
  }

  #breakHop(place: string): void {
    const { network, hop } = this.world;
    if (place === "source") network.breakAll();
    else hop.breakAll(({ subject }) => hop.faults.hangs(subject));
  }

  #end(fault: DrawnFault, then: () => void): void {
    const { world } = this;
    if (fault.place === "data_server") {
      world.source.stop();
      world.network.breakAll();
    } else if (fault.place === "store") {
      world.redis.down = true;
      world.redis.empty();
      world.observer.storeEmptied();
      world.hop.breakAll();
    } else {
      const subject = this.#target(fault);
      if (subject !== null) this.#endSubject(subject.number, fault.values.signal, then);
      return;
    }
    then();
  }

  #endSubject(number: number, signal: unknown, then: () => void): void {
    const { world } = this;
    const subject = world.subjects[number];
    if (subject === null) return;
    world.subjects[number] = null;
    world.observer.log(`${subject.name} ends by ${signal}`);
    this.#ending.set(number, false);
    const done = () => {
      this.#ending.set(number, true);
      then();
    };
    if (signal === "SIGTERM") void subject.terminate().then(done);
    else {
      subject.kill();
      done();
    }
  }

  #startAgain(fault: DrawnFault): void {
    const { world } = this;
    if (fault.place === "data_server") return world.source.start();
    if (fault.place === "store") {
      world.redis.down = false;
      return;
    }
    const number = this.#targets.get(nameOf(fault));
    if (number !== undefined) this.#startSubject(number);
  }

  /** Starts it, after its predecessor has ended. */
  #startSubject(number: number): void {
    const { world } = this;
    if (world.subjects[number] !== null) return;
    if (this.#ending.get(number)) return world.start(number);
    world.time.later(ENDING_LOOK_MS, () => this.#startSubject(number));
  }

  #numbered({ values }: DrawnFault): Subject | null {
    return this.world.subjects[Number(values.subject ?? 0)] ?? null;
  }

  /** The subject that a fault of a process is for; the same one when it is lifted. */
  #target(fault: DrawnFault): Subject | null {
    const { subjects } = this.world;
    const name = nameOf(fault);
    const number = this.#targets.get(name) ?? this.#choose(fault);
    if (number === null) return null;
    this.#targets.set(name, number);
    return subjects[number];
  }

  #choose({ place, values }: DrawnFault): number | null {
    if (place === "subject") return Number(values.subject ?? 0);
    if (place !== "leader" && place !== "follower") return null;
    const alive = this.world.subjects.filter((subject) => subject !== null);
    const roleOf = ({ store }: Subject) => store.sources[0].stats.replica?.role;
    const found = place === "leader"
      ? alive.find((subject) => roleOf(subject) === "leader")
      : alive.findLast((subject) => roleOf(subject) !== "leader");
    return found?.number ?? null;
  }
}
