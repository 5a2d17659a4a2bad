/** Replicas on a Redis that is slow, and on sources that not all of them reach. */
import { assert, assertEquals } from "@std/assert";
import { Leaderships } from "./leaderships.ts";
import { SimulatedRedis } from "./testing/simulated_redis.ts";
import { LEASE_MS, POLL_MS, SimulatedReplica } from "./testing/simulated_replica.ts";
import { World } from "./testing/world.ts";

Deno.test("On a Redis that answers later than a lease, every replica polls by itself", async () => {
  for (const factor of [1.01, 1.2, 1.5, 1.9]) {
    const world = new World();
    await world.started(3);
    world.redis.latency_ms = factor * LEASE_MS;
    await world.time.pass(4 * LEASE_MS);
    for (let n = 0; n < 40; n++) {
      await world.time.pass(LEASE_MS / 4);
      assertEquals(world.roles, Array(3).fill("alone"), `${factor} leases`);
      const lag = world.source.sample - Math.min(...world.held.map(Number));
      assert(lag <= 1, `${factor} leases: ${lag} samples behind`);
    }
    world.redis.latency_ms = 0;
    await world.time.pass(3 * LEASE_MS);
    assertEquals(world.roles.toSorted(), ["follower", "follower", "leader"]);
  }
});

Deno.test("A new leader polls within a lease, however long the newest entry takes", async () => {
  const world = new World();
  await world.started(2);
  const old = world.leader();
  world.redis.load_latency_ms = 20 * LEASE_MS;
  await world.time.pass(1000); // the follower lacks a version now
  old.kill();
  await world.time.pass(2 * LEASE_MS + POLL_MS);
  const [heir] = world.replicas.filter((one) => one !== old);
  assertEquals([heir.role, heir.poller.held], ["leader", world.source.sample]);
});

Deno.test("A follower polls while what the leader publishes takes longer than a lease", async () => {
  const world = new World();
  await world.started(2);
  const follower = world.replicas.find(({ role }) => role === "follower")!;
  world.redis.load_latency_ms = 20 * LEASE_MS;
  await world.time.pass(LEASE_MS + 2000);
  assertEquals([follower.role, follower.poller.held], ["alone", world.source.sample]);
  world.redis.load_latency_ms = 0;
  await world.time.pass(25 * LEASE_MS);
  assertEquals([follower.role, follower.poller.held], ["follower", world.source.sample]);
});

for (
  const [trouble, latency_ms, loses] of [["fails", 2000, true], [
    "is slow",
    3 * LEASE_MS,
    false,
  ]] as const
) {
  Deno.test(`No replica waits for a leader whose publishing ${trouble}`, async () => {
    const world = new World();
    await world.started(8);
    world.redis.publish_latency_ms = latency_ms;
    world.redis.loses_entries = loses;
    let polled_alone = 0;
    for (let n = 0; n < 200; n++) {
      await world.time.pass(LEASE_MS / 4);
      const lag_ms = (world.source.sample - Math.min(...world.held.map(Number))) * 1000;
      assert(lag_ms <= 2 * LEASE_MS + POLL_MS + 1000, `after ${n / 4} leases: ${lag_ms} ms`);
      polled_alone += world.roles.filter((role) => role === "alone").length;
    }
    assert(polled_alone > 200 * 5, `${polled_alone}`);
    world.redis.publish_latency_ms = 0;
    world.redis.loses_entries = false;
    await world.time.pass(12 * LEASE_MS);
    assertEquals(world.roles.toSorted(), [...Array(7).fill("follower"), "leader"]);
  });
}

Deno.test("A first leader that never reaches the source does not keep others without data", async () => {
  const world = new World();
  world.add().source_is_gone = true;
  await world.time.pass(100);
  const other = world.add();
  await world.time.pass(2 * LEASE_MS);
  assertEquals([other.role, other.poller.held], ["leader", world.source.sample]);
  assertEquals(world.held, Array(2).fill(world.source.sample));
});

Deno.test("Replicas that start in an outage of the source poll one after the other", async () => {
  const world = new World();
  world.source.down = true;
  await world.started(5);
  for (let n = 0; n < 60; n++) {
    await world.time.pass(LEASE_MS);
    const polls = world.source.polls.filter(({ at_ms }) => at_ms > world.time.now_ms - LEASE_MS);
    assert(!world.roles.includes("alone"), `lease ${n}: ${world.roles}`);
    assert(polls.length <= 1.5 * LEASE_MS / POLL_MS, `lease ${n}: ${polls.length} polls`);
  }
});

Deno.test("A leader that cannot reach the source gives up again after some leases", async () => {
  const world = new World();
  const [bad, good] = await world.started(2);
  bad.source_is_gone = true;
  await world.time.pass(8000);
  assertEquals([bad.role, good.role], ["follower", "leader"]);
  good.kill();
  await world.time.pass(10 * LEASE_MS);
  const other = world.add();
  await world.time.pass(22 * LEASE_MS);
  assertEquals([bad.role, other.role], ["follower", "leader"]);
  assert(bad.poller.held! >= world.source.sample - 1);
});

Deno.test("A leader that doubts the source's times keeps its lease: its doubts are evidence", async () => {
  const world = new World();
  await world.started(3);
  const leader = world.leader();
  world.source.is_doubted = true;
  await world.time.pass(20_000);
  const roles = leader.events.filter((event) => event.startsWith("replica.role"));
  assertEquals([leader.role, roles.length], ["leader", 1]);
});

Deno.test("News of free leases, however many, do not delay the renewal of the own one", async () => {
  const world = new World();
  await world.started(2);
  const leader = world.leader();
  for (let n = 0; n < 500; n++) {
    leader.replica.take("free");
    await world.time.pass(10);
  }
  assertEquals([leader.role, leader.replica.stats.fence], ["leader", world.redis.lease!.fence]);
  assertEquals(leader.events.filter((event) => event.startsWith("replica.role")).length, 1);
});

Deno.test("The last replica leads all sources as soon as the leases of a dead one end", async () => {
  const world = new World();
  const redis = [1, 2].map(() => new SimulatedRedis(world.time, LEASE_MS));
  const start = (id: string) => {
    const leaderships = new Leaderships(redis.length, world.random);
    return redis.map((one) => {
      const replica = new SimulatedReplica(id, { ...world, redis: one, leaderships });
      void replica.replica.start();
      return replica;
    });
  };
  const [dead, left] = [start("a"), start("b")];
  await world.time.pass(4 * LEASE_MS);
  for (const replica of dead) replica.kill();
  await world.time.pass(LEASE_MS + 100);
  for (let n = 0; n < 20; n++) {
    assertEquals(left.map(({ role }) => role), ["leader", "leader"]);
    await world.time.pass(LEASE_MS / 4);
  }
});
