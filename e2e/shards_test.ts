/** Processes with SHARD, a relay of them, and their stored snapshots. */
import { assert, assertEquals } from "@std/assert";
import { shardOfId } from "../contracts/mod.ts";
import { HAS_REDIS, startRedis } from "../metrics_server/redis/testing/redis_server.ts";
import {
  eventsOf,
  FakeSource,
  getMetric,
  request,
  serveSnapshot,
  type Service,
  startMetricsServer,
  stats,
  until,
  within,
} from "./harness/mod.ts";

const SHARDS = 4;
/** Three ids: at least one of four shards is empty. */
const IDS = ["sw-0", "sw-1", "sw-2"];
const CSV = `switch_id,m\n${IDS.map((id, n) => `${id},${n}\n`).join("")}`;
const LIST = "/telemetry/ListMetrics";

const ownIds = (index: number) => IDS.filter((id) => shardOfId(id, SHARDS) === index);

async function startShards(
  stack: AsyncDisposableStack,
  sources: string,
  env: Record<string, string | number> = {},
): Promise<Service[]> {
  const shards = await Promise.all(
    Array.from(
      { length: SHARDS },
      (_, index) => startMetricsServer(sources, { SHARD: `${index}/${SHARDS}`, ...env }),
    ),
  );
  for (const shard of shards) stack.use(shard);
  return shards;
}

async function listed(server: Service): Promise<string[]> {
  const { items } = (await request(server, LIST)).json();
  return items.map((item: { switch_id: string }) => item.switch_id);
}

Deno.test("each shard has its rows, reports the others, and answers their ids with 421", async () => {
  await using source = new FakeSource(serveSnapshot(CSV, { id: "boot1-1" }));
  await using stack = new AsyncDisposableStack();
  const shards = await startShards(stack, source.url);
  for (const [index, shard] of shards.entries()) {
    const own = ownIds(index);
    const run = await shard.log.wait("poll.run");
    assertEquals([run.rows, run.rows_left_out], [own.length, IDS.length - own.length]);
    assertEquals(run.snapshot_id, `boot1-1-${index}of${SHARDS}`);
    const { shard: reported, sources, poller } = await stats(shard);
    assertEquals([reported, sources[0].rows_left_out], [`${index}/${SHARDS}`, run.rows_left_out]);
    assertEquals(poller.rows_left_out, run.rows_left_out);
    assertEquals(await listed(shard), own);
    assertEquals((await request(shard, "/readyz")).status, 200);
    for (const id of IDS) {
      const value = await getMetric(shard, id, "m");
      const stream = await request(shard, `/telemetry/stream?switch_id=${id}`, { method: "HEAD" });
      const status = own.includes(id) ? 200 : 421;
      assertEquals([value.status, stream.status], [status, status], `${id} of shard ${index}`);
      if (status === 421) assertEquals(value.json().shard, shardOfId(id, SHARDS));
    }
  }
});

Deno.test("a relay has the rows of all shards, empty ones and several sources included", async () => {
  await using source = new FakeSource(serveSnapshot(CSV, { id: "boot1-1" }));
  await using other = new FakeSource(serveSnapshot("switch_id,n\nsw-1,7\nx-1,8\nx-2,9\n"));
  await using stack = new AsyncDisposableStack();
  const shards = await startShards(stack, `${source.url},${other.url}`);
  const urls = shards.map(({ url }) => `${url}${LIST}?format=csv`);
  await using relay = await startMetricsServer(urls.join());
  await until("the relay to have all shards", async () => {
    const { sources } = await stats(relay);
    return sources.every(({ snapshot_id }) => snapshot_id !== null);
  });
  assertEquals((await listed(relay)).sort(), [...IDS, "x-1", "x-2"]);
  assertEquals((await getMetric(relay, "x-2", "n")).json().value, 9);
  assertEquals((await getMetric(relay, "sw-9", "m")).status, 404);
  assertEquals((await request(relay, LIST)).headers.get("x-shard"), null);
  assertEquals((await stats(relay)).shard, null);
});

Deno.test("an empty list is refused from a source that is no shard", async () => {
  await using source = new FakeSource(serveSnapshot("switch_id,m\n"));
  await using server = await startMetricsServer(source.url, { SHARD: "0/4" });
  assertEquals((await server.log.wait("poll.error")).cause, "no_rows");
});

Deno.test("a stored snapshot is restored by its own shard alone, an empty one included", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const env = { BIND_HOST: "127.0.0.1", PORT: 0, SNAPSHOT_STORE: "file:state" };
    await using source = new FakeSource(serveSnapshot(CSV, { id: "boot1-1" }));
    const start = (index: number) =>
      startMetricsServer(source.url, { ...env, SHARD: `${index}/${SHARDS}` }, folder);
    const saved = [ownIds(0), ownIds(1), ownIds(2)].map(({ length }) => length);
    assert(saved.includes(0) && saved.some((rows) => rows > 0), saved.join());
    for (const index of saved.keys()) {
      const server = await start(index);
      await server.log.wait("poll.run");
      await server.stop();
    }
    await source.refuse();
    for (const [index, rows] of saved.entries()) {
      await using server = await start(index);
      const restored = await server.log.wait("snapshot.restored");
      assertEquals([restored.rows, restored.snapshot_id], [rows, `boot1-1-${index}of${SHARDS}`]);
      assertEquals(await listed(server), ownIds(index));
    }
    await using fourth = await start(3);
    assertEquals((await request(fourth, LIST)).status, 503);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a stream of a shard sends its rows' changes, and resumes by an id of its own", async () => {
  await using source = new FakeSource(serveSnapshot(CSV, { id: "boot1-1" }));
  const index = shardOfId("sw-0", SHARDS);
  await using server = await startMetricsServer(source.url, { SHARD: `${index}/${SHARDS}` });
  await server.log.wait("poll.run");
  const firstEvent = async (last_id: string) => {
    const response = await fetch(`${server.url}/telemetry/stream`, {
      headers: { "last-event-id": last_id },
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (eventsOf(text).length === 0) {
      text += (await within("an event", reader.read())).value ?? "";
    }
    await reader.cancel();
    return eventsOf(text)[0];
  };
  source.behavior = serveSnapshot(CSV.replaceAll(/,(\d)/g, ",1$1"), { id: "boot1-2" });
  const id = `boot1-2-${index}of${SHARDS}`;
  await until("the change", async () => (await stats(server)).sources[0].snapshot_id === id);
  const foreign = await firstEvent(`boot1-1-${(index + 1) % SHARDS}of${SHARDS}`);
  assertEquals([foreign.event, foreign.id], ["snapshot", id]);
  const items = JSON.parse(foreign.data).items;
  assertEquals(items.map((item: { switch_id: string }) => item.switch_id), ownIds(index));
});

Deno.test({
  name: "replicas share the snapshots of their own shard alone (redis-server)",
  ignore: !HAS_REDIS,
  async fn() {
    await using redis = await startRedis();
    await using source = new FakeSource(serveSnapshot(CSV, { id: "boot1-1" }));
    await using stack = new AsyncDisposableStack();
    const start = async (shard: string) => {
      const env = { SHARD: shard, SNAPSHOT_STORE: `redis://127.0.0.1:${redis.port}` };
      return stack.use(await startMetricsServer(source.url, env));
    };
    const replicas = [await start("0/2"), await start("0/2"), await start("1/2")];
    const roles = await until("a leader of each shard and a follower", async () => {
      const sources = await Promise.all(replicas.map(async (one) => (await stats(one)).sources[0]));
      const found = sources.map(({ replica, rows }) => ({ role: replica?.role, rows }));
      return found.filter(({ role }) => role === "leader").length === 2 &&
        sources.every(({ snapshot_id }) => snapshot_id !== null) && found;
    });
    assertEquals(roles[2].role, "leader");
    const own = (index: number) => IDS.filter((id) => shardOfId(id, 2) === index);
    assertEquals(roles.map(({ rows }) => rows), [0, 0, 1].map((index) => own(index).length));
    for (const [n, index] of [0, 0, 1].entries()) {
      assertEquals(await listed(replicas[n]), own(index));
      assertEquals((await stats(replicas[n])).sources[0].snapshot_id, `boot1-1-${index}of2`);
    }
  },
});
