import { assert, assertEquals } from "@std/assert";
import type { PollOutcome } from "../poll/mod.ts";
import { Leaderships } from "./leaderships.ts";
import { SimulatedRedis } from "./testing/simulated_redis.ts";
import { LEASE_MS, POLL_MS, SimulatedReplica } from "./testing/simulated_replica.ts";
import { World } from "./testing/world.ts";

Deno.test("One replica polls; the others serve what it publishes", async () => {
  const world = new World();
  await world.started(3);
  await world.time.pass(10_000);
  assertEquals(world.roles.toSorted(), ["follower", "follower", "leader"]);
  assertEquals(world.held, Array(3).fill(world.source.sample));
  assertEquals(world.pollers(10_000).length, 1);
});

Deno.test("A leader publishes again once a 304 has shown its snapshot to be older", async () => {
  const world = new World();
  await world.started(2);
  const leader = world.leader();
  leader.poller.pause();
  const published = () => leader.replica.stats.published;
  const before = published();
  const polled = { event: "poll.run", snapshot: null, stats: leader.poller.stats } as PollOutcome;
  leader.replica.polled(polled);
  await world.time.pass(0);
  assertEquals(published(), before);
  leader.replica.polled({ ...polled, not_after_ms: 1 });
  await world.time.pass(0);
  assertEquals(published(), before + 1);
});

Deno.test("A dead leader is replaced within its lease; a stopped one at once", async () => {
  for (const [end, within_ms] of [["kill", LEASE_MS + 100], ["stop", 100]] as const) {
    const world = new World();
    await world.started(3);
    const old = world.leader();
    if (end === "kill") old.kill();
    else void old.replica.stop().then(() => old.kill());
    await world.time.pass(within_ms);
    const leaders = world.replicas.filter((one) => one !== old && one.role === "leader");
    assertEquals(leaders.length, 1, end);
    assert(world.pollers(POLL_MS).includes(leaders[0].id), end);
  }
});

Deno.test("A leader that stood still past its lease never overwrites a newer snapshot", async () => {
  const world = new World();
  await world.started(3);
  const old = world.leader();
  old.freeze();
  await world.time.pass(LEASE_MS + 4000);
  const { version } = world.redis.entry!;
  old.thaw();
  await world.time.pass(500);
  assert(world.redis.entry!.version.fence === version.fence, "its lease is over");
  assertEquals(old.role, "follower");
  assertEquals(world.held, Array(3).fill(world.source.sample));
});

Deno.test("Without the store all serve on, and poll at random times after a lease", async () => {
  const world = new World();
  await world.started(8);
  const leader = world.leader();
  world.redis.down = true;
  const down_ms = world.time.now_ms;
  await world.time.pass(LEASE_MS - LEASE_MS / 3 - 1);
  assertEquals(world.pollers(500), [leader.id]);
  await world.time.pass(LEASE_MS + 1000);
  assertEquals(world.roles, Array(8).fill("alone"));
  const first = world.replicas.filter((one) => one !== leader).map(({ id }) =>
    world.source.polls.find(({ replica, at_ms }) => replica === id && at_ms > down_ms)!.at_ms
  );
  assert(Math.max(...first) - Math.min(...first) > LEASE_MS / 3, `spread: ${first}`);
  world.redis.down = false;
  world.redis.reconnect();
  await world.time.pass(1000);
  assertEquals(world.roles.filter((role) => role === "leader").length, 1);
  await world.time.pass(POLL_MS);
  assertEquals(world.pollers(POLL_MS).length, 1);
});

Deno.test("A replica that starts without the store polls within two seconds", async () => {
  const world = new World();
  world.redis.down = true;
  await world.started(2);
  assertEquals([world.roles, world.held], [["alone", "alone"], [2, 2]]);
});

Deno.test("A new replica serves at once, without a poll of its own", async () => {
  const world = new World();
  await world.started(2);
  const late = world.add();
  await world.time.pass(50);
  assertEquals([late.role, late.poller.held], ["follower", world.source.sample]);
  await world.time.pass(5000);
  assertEquals(world.pollers(10_000).includes(late.id), false);
});

Deno.test("Only the replica that cannot reach the store polls by itself", async () => {
  const world = new World();
  await world.started(3);
  const cut = world.leader();
  world.redis.cut.add(cut.id);
  await world.time.pass(3 * LEASE_MS);
  assertEquals([cut.role, world.roles.toSorted()], ["alone", ["alone", "follower", "leader"]]);
  world.redis.cut.clear();
  world.redis.reconnect();
  await world.time.pass(1500);
  assertEquals([cut.role, world.held], ["follower", Array(3).fill(world.source.sample)]);
});

Deno.test("A replica that was alone polls until it has caught up with the leader", async () => {
  const world = new World();
  await world.started(2);
  const cut = world.replicas.find(({ role }) => role === "follower")!;
  world.redis.cut.add(cut.id);
  await world.time.pass(3 * LEASE_MS);
  world.redis.cut.clear();
  world.redis.load_latency_ms = LEASE_MS - 200;
  await world.time.pass(LEASE_MS - 500);
  assertEquals([cut.role, cut.poller.held], ["alone", world.source.sample]);
  await world.time.pass(LEASE_MS);
  assertEquals(cut.role, "follower");
});

Deno.test("An emptied store is filled again, and its election numbers go on", async () => {
  const world = new World();
  await world.started(3);
  const fence = world.leader().replica.stats.fence;
  world.redis.empty();
  await world.time.pass(LEASE_MS / 3 + 100);
  assert(world.redis.entry!.version.fence > fence);
  await world.time.pass(1000);
  assertEquals(world.held, Array(3).fill(world.source.sample));
  assertEquals(world.pollers(500).length, 1);
});

Deno.test("Replicas follow a new leader of an emptied store, whose numbers go on", async () => {
  const world = new World();
  await world.started(2);
  world.replicas.forEach((replica) => replica.freeze());
  await world.time.pass(LEASE_MS);
  world.redis.empty();
  const fresh = world.add();
  await world.time.pass(1000);
  assertEquals([fresh.role, fresh.replica.stats.fence >= 5], ["leader", true]);
  world.replicas.forEach((replica) => replica.thaw());
  await world.time.pass(2500);
  assertEquals(world.held, Array(3).fill(world.source.sample));
  assertEquals(world.pollers(500), [fresh.id]);
});

Deno.test("A full store costs no data: every replica polls, and one again when it has room", async () => {
  const world = new World();
  await world.started(3);
  world.redis.full = true;
  await world.time.pass(2 * LEASE_MS + 1500);
  assertEquals([world.roles, world.held], [
    Array(3).fill("alone"),
    Array(3).fill(world.source.sample),
  ]);
  world.redis.full = false;
  await world.time.pass(5 * LEASE_MS);
  assertEquals(world.roles.toSorted(), ["follower", "follower", "leader"]);
  assertEquals(world.pollers(1000).length, 1);
});

Deno.test("A leader that cannot reach the source lets another one try, once", async () => {
  const world = new World();
  const [first] = await world.started(2);
  first.source_is_gone = true;
  await world.time.pass(6300);
  assertEquals([first.role, world.held], ["follower", Array(2).fill(world.source.sample)]);
  world.source.down = true;
  await world.time.pass(60_000);
  const elections = world.replicas.flatMap(({ events }) => events)
    .filter((event) => event.includes(" leader "));
  assert(elections.length <= 5, `in an outage of the source: ${elections}`);
});

Deno.test("A follower reports how the leader's polls fare, as long as it follows", async () => {
  const world = new World();
  await world.started(2);
  const follower = world.replicas.find(({ role }) => role === "follower")!.replica;
  assertEquals(follower.leader_polls!.consecutive_failures, 0);
  world.source.down = true;
  await world.time.pass(2000);
  assert(follower.leader_polls!.consecutive_failures > 0);
  world.redis.down = true;
  await world.time.pass(3 * LEASE_MS);
  assertEquals([follower.stats.role, follower.leader_polls], ["alone", null]);
});

Deno.test("Leaders of several sources spread over the replicas", async () => {
  const world = new World();
  const redis = Array.from({ length: 4 }, () => new SimulatedRedis(world.time, LEASE_MS));
  const processes = Array.from({ length: 2 }, () => new Leaderships(4, world.random));
  const start = (n: number) =>
    redis.map((one) => {
      const options = { ...world, redis: one, leaderships: processes[n], random: world.random };
      const replica = new SimulatedReplica(`p${n}`, options);
      void replica.replica.start();
      return replica;
    });
  const first = start(0);
  await world.time.pass(2000);
  const second = start(1);
  await world.time.pass(2 * LEASE_MS);
  const leads = (replicas: SimulatedReplica[]) =>
    replicas.filter(({ role }) => role === "leader").length;
  assertEquals([leads(first), leads(second)], [2, 2]);
});

Deno.test("A stopped replica leaves no timer", async () => {
  const world = new World();
  const [one] = await world.started(1);
  one.poller.pause();
  await one.replica.stop();
  await world.time.pass(0);
  assertEquals(world.time.timers.size, 0);
});
