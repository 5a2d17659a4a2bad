/** One verdict on freshness: the same before and after a restart, on each thread and replica. */
import { assertEquals } from "@std/assert";
import { HAS_REDIS, startRedis } from "../metrics_server/redis/testing/redis_server.ts";
import {
  FakeSource,
  request,
  serveSnapshot,
  type Service,
  type ServiceEnv,
  startMetricsServer,
  stats,
  until,
} from "./harness/mod.ts";

/** Hour-old data, so that no bound that is learned below makes it fresh. */
const BEGIN_MS = Date.now() - 3_600_000;

/** The source's n-th snapshot: a new one each 5 s of its own time. */
const snapshot = (n: number) =>
  serveSnapshot(`switch_id,m\nsw-0,${n}\n`, { id: `boot-${n}`, snapshot_ts: BEGIN_MS + n * 5000 });

/** No poll fails on a busy machine: the data after a failed one teaches no interval. */
const POLLS = { POLL_MS: 100, POLL_TIMEOUT_MS: 60_000 };

const LEARNED = { state: "stale", bound_ms: 10_100, bound_from: "interval", interval_ms: 5000 };

async function verdict(server: Service): Promise<Record<string, unknown>> {
  const { snapshot_id, freshness } = (await stats(server)).sources[0];
  return { snapshot_id, ...freshness };
}

async function untilServed(server: Service, snapshot_id: string): Promise<void> {
  await until(snapshot_id, async () => (await verdict(server)).snapshot_id === snapshot_id);
}

/** A server that has polled three snapshots of the source. */
async function learn(source: FakeSource, start: () => Promise<Service>): Promise<Service> {
  source.behavior = snapshot(1);
  const server = await start();
  for (const n of [1, 2, 3]) {
    source.behavior = snapshot(n);
    await untilServed(server, `boot-${n}`);
  }
  return server;
}

/** Starts servers on the source in one folder. */
function starter(source: FakeSource, folder: string, store: string) {
  const own = { ...POLLS, PORT: 0, BIND_HOST: "127.0.0.1", SNAPSHOT_STORE: store };
  return (env: ServiceEnv = {}) => startMetricsServer(source.url, { ...own, ...env }, folder);
}

Deno.test("The verdict on freshness is the same after a restart, on each thread", async () => {
  const folder = await Deno.makeTempDir();
  await using source = new FakeSource(snapshot(1));
  const start = starter(source, folder, "file:state");
  const before = await learn(source, start);
  const expected = { snapshot_id: "boot-3", ...LEARNED };
  assertEquals(await verdict(before), expected);
  await before.stop();
  await source.refuse();
  await using after = await start({ SERVE_THREADS: 3 });
  // New connections, which the threads share.
  const verdicts = await Promise.all(Array.from({ length: 20 }, () => verdict(after)));
  assertEquals(verdicts, verdicts.map(() => expected));
  assertEquals((await request(after, "/readyz")).json().stale_sources.length, 1);
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "A follower has the leader's verdict, though it learned no interval (needs redis-server)",
  ignore: !HAS_REDIS,
  async fn() {
    await using redis = await startRedis();
    const folder = await Deno.makeTempDir();
    await using source = new FakeSource(snapshot(1));
    const start = starter(source, folder, `redis://127.0.0.1:${redis.port}`);
    await using leader = await learn(source, () => start());
    await using follower = await start();
    await untilServed(follower, "boot-3");
    for (const replica of [leader, follower]) {
      assertEquals(await verdict(replica), { snapshot_id: "boot-3", ...LEARNED });
    }
    source.behavior = snapshot(4);
    await untilServed(follower, "boot-4");
    assertEquals(await verdict(follower), { snapshot_id: "boot-4", ...LEARNED });
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("Static data an hour old is never fresh, in any answer", async () => {
  await using source = new FakeSource(snapshot(0));
  await using server = await startMetricsServer(source.url, POLLS);
  await until("ten polls", async () => (await stats(server)).sources[0].polls >= 10);
  const unknown = { state: "unknown", bound_ms: null, bound_from: null, interval_ms: null };
  assertEquals(await verdict(server), { snapshot_id: "boot-0", ...unknown });
  const { text } = await request(server, "/metrics");
  const series = text.split("\n").filter((line) =>
    /_(data_fresh|fresh_bound_seconds)\{/.test(line)
  );
  assertEquals(series.map((line) => line.slice(line.indexOf("} "))), ["} 0"]);
});
