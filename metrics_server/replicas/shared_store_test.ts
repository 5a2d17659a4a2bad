/** Leases and published entries on a real redis-server; simulated_redis.ts does the same. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { joinBytes } from "../../platform/mod.ts";
import { until } from "../../tools/verdict/mod.ts";
import { dialRedis, redisAddress } from "../redis/mod.ts";
import { HAS_REDIS, startRedis } from "../redis/testing/redis_server.ts";
import { EntryError, keyOf } from "../saved/mod.ts";
import { VirtualTime } from "../testing/virtual_time.ts";
import { type News, type SharedSource, sharedStore } from "./shared_store.ts";
import { SimulatedRedis } from "./testing/simulated_redis.ts";

const SOURCE = "http://source/";
const KEY = `{${keyOf(SOURCE)}}`;
/** Longer than any of these tests: leases end when a test ends them. */
const LEASE_MS = 60_000;
const BYTES_MAX = 1 << 20;
const bytes = (...values: number[]) => new Uint8Array(values);

function later(delay_ms: number, run: () => void): () => void {
  const timer = setTimeout(run, delay_ms);
  return () => clearTimeout(timer);
}

interface Stores extends AsyncDisposable {
  open(replica_id: string): Promise<{ store: SharedSource; news: News[] }>;
  /** Ends the lease, as if it had not been renewed. */
  expire(): Promise<void>;
}

async function real(
  options: readonly string[] = [],
  login = "",
): Promise<Stores & { send(command: string): Promise<void> }> {
  const redis = await startRedis(options);
  const closes: (() => void)[] = [];
  const address = redisAddress(`redis://${login}127.0.0.1:${redis.port}`);
  if (typeof address === "string") throw new Error(address);
  const send = async (command: string) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: redis.port });
    await connection.write(new TextEncoder().encode(`${command}\r\n`));
    await connection.read(new Uint8Array(100));
  };
  return {
    async open(replica_id) {
      const news: News[] = [];
      const store = sharedStore(
        { address, dial: dialRedis, later, random: Math.random, replica_id, lease_ms: LEASE_MS },
        [SOURCE],
        (_source, item) => news.push(item),
      );
      store.start();
      closes.push(() => store.close());
      await store.sources[0].untilConnected();
      return { store: store.sources[0], news };
    },
    expire: () => send(`PEXPIRE fabric-telemetry:lease:${KEY} 0`),
    send,
    async [Symbol.asyncDispose]() {
      for (const close of closes) close();
      await redis[Symbol.asyncDispose]();
    },
  };
}

function simulated(): Promise<Stores> {
  const time = new VirtualTime();
  const redis = new SimulatedRedis(time, LEASE_MS);
  return Promise.resolve({
    open(replica_id: string) {
      const news: News[] = ["missed"];
      return Promise.resolve({ store: redis.store(replica_id, (item) => news.push(item)), news });
    },
    expire: () => time.pass(LEASE_MS),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

for (
  const [name, start, ignore] of [["redis", real, !HAS_REDIS], [
    "simulated",
    simulated,
    false,
  ]] as const
) {
  const check = (promise: string, fn: (stores: Stores) => Promise<void>) =>
    Deno.test({
      name: `${name} store: ${promise}`,
      ignore,
      async fn() {
        await using stores = await start();
        await fn(stores);
      },
    });

  check("the first replica leads, the second learns of it", async ({ open }) => {
    const [a, b] = [await open("a"), await open("b")];
    const first = await a.store.hold(0, true, "{}");
    assertEquals([first.leader, first.newest], ["a", null]);
    const second = await b.store.hold(0, true, "{}");
    assertEquals([second.leader, second.fence, second.replicas], ["a", first.fence, 2]);
    assert(second.left_ms > 0 && second.left_ms <= LEASE_MS, `${second.left_ms} ms left`);
  });

  check("a lease ends unless it is renewed, and the next has a greater number", async (stores) => {
    const [a, b] = [await stores.open("a"), await stores.open("b")];
    const first = await a.store.hold(0, true, "{}");
    await stores.expire();
    const taken = await b.store.hold(0, true, "{}");
    assertEquals([taken.leader, taken.fence > first.fence], ["b", true]);
    assertEquals((await a.store.hold(0, true, "{}")).leader, "b");
  });

  check("what the leader says of its polls reaches the others; theirs does not", async (stores) => {
    const [a, b] = [await stores.open("a"), await stores.open("b")];
    await a.store.hold(0, true, "a polls");
    assertEquals((await b.store.hold(0, true, "b polls")).polls, "a polls");
  });

  check("a new election is above every number that the caller knows", async ({ open }) => {
    const { store } = await open("a");
    const known = 10 * Math.floor(Date.now() / 1000);
    assertEquals((await store.hold(known, true, "{}")).fence, known + 1);
  });

  check("a replica that may not lead leaves a free lease", async ({ open }) => {
    const { store } = await open("a");
    assertEquals((await store.hold(0, false, "{}")).leader, null);
  });

  check("the leader's entry reaches the others, with its version", async ({ open }) => {
    const [a, b] = [await open("a"), await open("b")];
    const { fence } = await a.store.hold(0, true, "{}");
    const version = { fence, n: 1 };
    const long = new Uint8Array(300_000).map((_, at) => at);
    assertEquals(await a.store.publish(version, [bytes(9), long]), true);
    await until("the news", () => b.news.length > 1);
    assertEquals(b.news, ["missed", version]);
    assertEquals(await b.store.load(BYTES_MAX), joinBytes([bytes(9), long]));
    assertEquals((await b.store.hold(0, true, "{}")).newest, version);
  });

  check("a leader that stood still past its lease cannot publish", async (stores) => {
    const [a, b] = [await stores.open("a"), await stores.open("b")];
    const old = await a.store.hold(0, true, "{}");
    await stores.expire();
    const { fence } = await b.store.hold(0, true, "{}");
    assertEquals(await b.store.publish({ fence, n: 1 }, [bytes(2)]), true);
    assertEquals(await a.store.publish({ fence: old.fence, n: 7 }, [bytes(1)]), false);
    assertEquals(await b.store.load(BYTES_MAX), bytes(2));
  });

  check("a released lease is free at once, and the others hear of it", async ({ open }) => {
    const [a, b] = [await open("a"), await open("b")];
    await a.store.hold(0, true, "{}");
    await b.store.release(true);
    assertEquals((await a.store.hold(0, true, "{}")).replicas, 1, "only its own lease is released");
    await a.store.release(true);
    await until("the news", () => b.news.includes("free"));
    const taken = await b.store.hold(0, true, "{}");
    assertEquals([taken.leader, taken.replicas], ["b", 1]);
  });
}

Deno.test({
  name: "redis store: a lease of another form, or without an end, does not block elections",
  ignore: !HAS_REDIS,
  async fn() {
    await using stores = await real();
    const { store } = await stores.open("a");
    await store.hold(0, true, "{}");
    for (
      const lease of ['""', "garbage", '"1e99 b" PX 400', '"9999999999999999 b" PX 400'].concat(
        ['"7 b"', '"7 b" PX 3600000'],
      )
    ) {
      await stores.send(`SET fabric-telemetry:lease:${KEY} ${lease}`);
      await stores.send(`SET fabric-telemetry:fence:${KEY} 1e99`);
      const { leader, fence } = await store.hold(0, true, "{}");
      assertEquals([leader, fence < 1e10], ["a", true], lease);
    }
    await stores.send(`PEXPIRE fabric-telemetry:lease:${KEY} 3600000`);
    assert((await store.hold(0, true, "{}")).left_ms <= LEASE_MS, "its own is renewed");
  },
});

Deno.test({
  name: "redis store: a version whose entry is gone is not the newest",
  ignore: !HAS_REDIS,
  async fn() {
    await using stores = await real();
    const { store } = await stores.open("a");
    const { fence } = await store.hold(0, true, "{}");
    await store.publish({ fence, n: 1 }, [bytes(1)]);
    await stores.send(`DEL fabric-telemetry:snapshot:${KEY}`);
    assertEquals((await store.hold(0, true, "{}")).newest, null);
  },
});

Deno.test({
  name: "redis store: an entry too long for any accepted body is not read",
  ignore: !HAS_REDIS,
  async fn() {
    await using stores = await real();
    const { store } = await stores.open("a");
    const { fence } = await store.hold(0, true, "{}");
    await store.publish({ fence, n: 1 }, [new Uint8Array(200_000)]);
    const error = await assertRejects(() => store.load(1000), EntryError);
    assertEquals(error.message, "it has 200000 bytes: at most 132072 by UPSTREAM_MAX_BYTES");
  },
});

Deno.test({
  name: "redis store: a full Redis refuses to publish, not to renew the lease",
  ignore: !HAS_REDIS,
  async fn() {
    await using stores = await real(["--maxmemory-policy", "noeviction"]);
    const { store } = await stores.open("a");
    await store.hold(0, true, "{}");
    await stores.send("CONFIG SET maxmemory 1");
    await assertRejects(() => store.publish({ fence: 1, n: 1 }, [bytes(1)]), Error, "OOM");
    assertEquals((await store.hold(0, true, "{}")).leader, "a");
    await store.release(false);
    await assertRejects(() => store.hold(0, true, "{}"), Error, "OOM");
  },
});

Deno.test({
  name: "redis store: a read-only Redis refuses everything",
  ignore: !HAS_REDIS,
  async fn() {
    await using stores = await real();
    const { store } = await stores.open("a");
    await store.hold(0, true, "{}");
    await stores.send("REPLICAOF 127.0.0.1 1");
    await assertRejects(() => store.hold(0, true, "{}"), Error, "READONLY");
    await assertRejects(() => store.publish({ fence: 1, n: 1 }, [bytes(1)]), Error, "READONLY");
  },
});

/** From docs/operations.md. */
const ALLOWED = ["~fabric-telemetry:*", "&fabric-telemetry:*"].concat(
  ("+hello +auth +select +ping +subscribe +eval +get +set +del +strlen +rename +pexpire +pttl " +
    "+publish +time +zadd +zrem +zcard +zremrangebyscore").split(" "),
);

Deno.test({
  name: "redis store: the documented permissions are enough",
  ignore: !HAS_REDIS,
  async fn() {
    const user = ["--user", "metrics", "on", ">pw", "resetchannels", "-@all", ...ALLOWED];
    await using stores = await real(user, "metrics:pw@");
    const [a, b] = [await stores.open("a"), await stores.open("b")];
    const { fence } = await a.store.hold(0, true, "{}");
    assertEquals(await a.store.publish({ fence, n: 1 }, [bytes(1)]), true);
    await until("the news", () => b.news.length > 1);
    assertEquals(await b.store.load(BYTES_MAX), bytes(1));
    await a.store.release(true);
    assertEquals((await b.store.hold(0, true, "{}")).leader, "b");
    const text = await Deno.readTextFile(new URL("../../docs/operations.md", import.meta.url));
    const listed = new Set(text.match(/[~&+][a-z:*-]+/g));
    assertEquals(ALLOWED.filter((one) => !listed.has(one)), []);
  },
});
