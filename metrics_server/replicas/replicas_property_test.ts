/** Replicas in virtual time while everything fails at random. */
import { assert, assertEquals } from "@std/assert";
import { forSeedsInTurn, type Random } from "../testing/random.ts";
import { VirtualTime } from "../testing/virtual_time.ts";
import { SimulatedRedis } from "./testing/simulated_redis.ts";
import { LEASE_MS, SimulatedReplica, SimulatedSource } from "./testing/simulated_replica.ts";

const ROUNDS = 150;

Deno.test("Whatever fails, no replica goes backwards, and all end with one poller", () =>
  forSeedsInTurn(ROUNDS, survive));

async function survive({ next: random }: Random): Promise<void> {
  const time = new VirtualTime();
  const redis = new SimulatedRedis(time, LEASE_MS);
  const source = new SimulatedSource(time);
  const replicas: SimulatedReplica[] = [];
  const add = () => {
    const replica = new SimulatedReplica(`r${replicas.length}`, { time, redis, source, random });
    replicas.push(replica);
    void replica.replica.start();
  };
  const draw = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)];
  const alive = () => replicas.filter(({ ended }) => !ended);
  for (let n = 0; n < 3; n++) add();
  let old = redis.entry;
  const faults = [
    () => redis.down = !redis.down,
    () => redis.full = !redis.full,
    () => redis.empty(),
    () => redis.latency_ms = random() * 1.5 * LEASE_MS,
    () => redis.latency_ms = 0,
    () => redis.load_latency_ms = random() * 3 * LEASE_MS,
    () => redis.load_latency_ms = 0,
    () => redis.publish_latency_ms = random() * 3 * LEASE_MS,
    () => redis.publish_latency_ms = 0,
    () => redis.loses_entries = !redis.loses_entries,
    () => old = redis.entry,
    () => redis.rollBack(old),
    () => draw(replicas).source_is_gone = true,
    () => draw(replicas).source_is_gone = false,
    () => redis.cut.add(draw(replicas).id),
    () => redis.cut.clear(),
    () => redis.reconnect(),
    () => draw(replicas).freeze(),
    () => draw(replicas).thaw(),
    () => source.down = !source.down,
    () => {
      if (alive().length > 1) draw(alive()).kill();
    },
    () => {
      if (replicas.length < 8) add();
    },
  ];
  for (let n = 0; n < 30; n++) {
    draw(faults)();
    await time.pass(random() * 1.5 * LEASE_MS);
  }
  redis.down =
    redis.full =
    redis.loses_entries =
    source.down =
      false;
  redis.latency_ms = redis.load_latency_ms = redis.publish_latency_ms = 0;
  redis.cut.clear();
  for (const replica of replicas) {
    replica.source_is_gone = false;
    replica.thaw();
  }
  redis.reconnect();
  await time.pass(10 * LEASE_MS);

  for (const { id, poller: { served } } of replicas) {
    const back = served.findIndex((sample, at) => at > 0 && sample < served[at - 1]);
    assert(back < 0, `${id} went back: ${served}`);
  }
  const roles = alive().map(({ role }) => role);
  assertEquals(roles.filter((role) => role === "leader").length, 1, `roles ${roles}`);
  assert(roles.every((role) => role !== "alone"), `roles ${roles}`);
  const held = new Set(alive().map(({ poller }) => poller.held));
  assert(held.size === 1 && [...held][0]! >= source.sample - 1, `hold ${[...held]}`);
  const since_ms = time.now_ms - LEASE_MS;
  const pollers = new Set(
    source.polls.filter(({ at_ms }) => at_ms > since_ms).map((p) => p.replica),
  );
  assertEquals(pollers.size, 1);
}
