import { assertEquals } from "@std/assert";
import { joinBytes } from "../../platform/mod.ts";
import { PollError, type SavedSnapshot } from "../poll/mod.ts";
import { timesOf } from "../poll/testing/taker.ts";
import { ConnectionError } from "../redis/mod.ts";
import { encodeEntry, EntryError, StoreHealth, type Version } from "../saved/mod.ts";
import { Exchange } from "./exchange.ts";

const SOURCE = "http://source/";

/** A follower's exchange with a store whose replies the test chooses. */
class World {
  readonly adopted: string[] = [];
  readonly in_order: boolean[] = [];
  readonly ignored: string[] = [];
  /** Whether what is published has an earlier time than what is held. */
  is_older = false;
  loads = 0;
  load: () => Promise<Uint8Array<ArrayBuffer> | null> = () => Promise.resolve(null);
  readonly health = new StoreHealth({
    kind: "redis",
    epoch_ms: () => 0,
    report() {},
    onChange() {},
  });
  readonly exchange = new Exchange({
    source: SOURCE,
    bytes_max: 1000,
    lease_ms: 3000,
    store: {
      load: () => {
        this.loads++;
        return this.load();
      },
    } as unknown as Exchange["options"]["store"],
    poller: {
      adopt: ({ snapshot_id }: SavedSnapshot, { in_order }) => {
        this.in_order.push(in_order);
        if (this.is_older && !in_order) throw new PollError("older_snapshot", "older", 200);
        this.adopted.push(snapshot_id);
      },
      save: () => null,
    },
    health: this.health,
    monotonic_ms: () => 0,
    later: () => () => {},
    leads: () => false,
    onIgnored: (detail) => this.ignored.push(detail),
  });
}

function version(n: number, fence = 1): Version {
  return { fence, n };
}

function entry(n: number, fence = 1): Uint8Array<ArrayBuffer> {
  return joinBytes(encodeEntry({
    source: SOURCE,
    published: version(n, fence),
    snapshot_id: `s${n}`,
    etag: null,
    times: timesOf({ answered_ms: n }),
    not_after_ms: n,
    intervals_ms: [],
    body: new TextEncoder().encode("switch_id,m\nsw-0,1\n"),
  }));
}

Deno.test("A leader that begins with older data is followed once its data is newer", async () => {
  const world = new World();
  world.load = () => Promise.resolve(entry(9));
  await world.exchange.catchUp(version(9));
  world.is_older = true;
  for (const n of [1, 2]) {
    world.load = () => Promise.resolve(entry(n, 2));
    await world.exchange.catchUp(version(n, 2));
  }
  assertEquals([world.adopted, world.in_order], [["s9"], [false, false, false]]);
});

Deno.test("A version announced while an earlier one is loaded is loaded next", async () => {
  const world = new World();
  const first = Promise.withResolvers<Uint8Array<ArrayBuffer>>();
  world.load = () => first.promise;
  const caught_up = world.exchange.catchUp(version(1));
  world.load = () => Promise.resolve(entry(2));
  world.exchange.catchUp(version(2));
  first.resolve(entry(1));
  assertEquals(await caught_up, "yes");
  assertEquals(world.adopted, ["s1", "s2"]);
});

Deno.test("A version without an entry is loaded once", async () => {
  const world = new World();
  assertEquals(await world.exchange.catchUp(version(1)), "yes");
  assertEquals(world.loads, 1);
});

Deno.test("A failed load no longer counts once there is nothing left to load", async () => {
  const world = new World();
  world.load = () => Promise.reject(new ConnectionError("gone"));
  assertEquals(await world.exchange.catchUp(version(1)), "no");
  assertEquals(world.health.stats.working, false);
  assertEquals(await world.exchange.catchUp(null), "yes");
  assertEquals(world.health.stats.working, true);
});

Deno.test("A load that Redis refuses is tried again; an entry that cannot be used is not", async () => {
  const world = new World();
  world.load = () => Promise.reject(new Error("BUSY Redis is busy running a script"));
  assertEquals(await world.exchange.catchUp(version(1)), "no");
  assertEquals([world.ignored, world.health.stats.working], [[], false]);
  world.load = () => Promise.resolve(entry(1));
  assertEquals(await world.exchange.catchUp(version(1)), "yes");
  assertEquals([world.adopted, world.health.stats.working], [["s1"], true]);

  world.load = () => Promise.reject(new EntryError("it has too many bytes"));
  for (let n = 0; n < 2; n++) assertEquals(await world.exchange.catchUp(version(2)), "no");
  assertEquals([world.loads, world.ignored.length], [3, 1]);
  await world.exchange.catchUp(version(3));
  assertEquals([world.loads, world.ignored.length], [4, 1], "one warning until it works again");
});
