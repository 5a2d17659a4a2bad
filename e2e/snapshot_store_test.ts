/** Restarts of metrics_server while its source is down, with SNAPSHOT_STORE. */
import { assert, assertEquals } from "@std/assert";
import {
  assertProblem,
  FakeSource,
  getMetric,
  GRACEFUL_STOP_MS_MAX,
  listMetrics,
  serveSnapshot,
  type Service,
  type ServiceEnv,
  startMetricsServer,
  stats,
  until,
} from "./harness/mod.ts";

import { HAS_REDIS, startRedis } from "../metrics_server/redis/testing/redis_server.ts";

const CSV = "switch_id,m\nsw-0,39.40\n";

/** Age of the data when it is polled. */
const SOURCE_AGE_MS = 60_000;

/** A source, and metrics_servers on it that share one folder. */
async function withStore(
  check: (
    source: FakeSource,
    start: (env?: ServiceEnv) => Promise<Service>,
    folder: string,
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const snapshot_ts = Date.now() - SOURCE_AGE_MS;
  await using source = new FakeSource(serveSnapshot(CSV, { id: "boot-1", snapshot_ts }));
  const own = { PORT: 0, BIND_HOST: "127.0.0.1", SNAPSHOT_STORE: "file:state" };
  try {
    await check(
      source,
      (env) => startMetricsServer(source.url, { ...own, ...env }, folder),
      folder,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function pollAndEnd(server: Service, signal: Deno.Signal = "SIGTERM"): Promise<void> {
  await server.log.wait("poll.run");
  assertEquals((await server.stop(signal)).code === 0, signal === "SIGTERM");
}

Deno.test("a restart in an outage serves the last snapshot, id and age, to the first request", () =>
  withStore(async (source, start) => {
    await pollAndEnd(await start());
    await source.refuse();
    await using server = await start();
    const { status, headers, json } = await getMetric(server, "sw-0", "m");
    assertEquals([status, json().value, json().snapshot_id], [200, 39.4, "boot-1"]);
    assert(Number(headers.get("x-data-age-ms")) >= SOURCE_AGE_MS);
    const list = await listMetrics(server, { headers: { "if-none-match": '"boot-1"' } });
    assertEquals(list.status, 304, "a client's ETag holds across the restart");
    const restored = await server.log.wait("snapshot.restored");
    assertEquals([restored.snapshot_id, restored.rows], ["boot-1", 1]);
    assertEquals((await stats(server)).sources[0].restored, true);
  }));

Deno.test("the first poll after a restart requests only what is newer than the store has", () =>
  withStore(async (source, start) => {
    await pollAndEnd(await start());
    source.requests.length = 0;
    await using server = await start();
    assertEquals((await server.log.wait("poll.run")).status, 304);
    assertEquals(source.requests[0].headers.get("if-none-match"), '"boot-1"');
    assertEquals((await stats(server)).sources[0].restored, false);
  }));

Deno.test("every serving thread serves a restored snapshot from its first request on", () =>
  withStore(async (source, start) => {
    await pollAndEnd(await start());
    await source.refuse();
    await using server = await start({ SERVE_THREADS: 3 });
    // Each request has its own connection: the kernel spreads them over the threads.
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => getMetric(server, "sw-0", "m")),
    );
    assertEquals(answers.map(({ status }) => status), Array(30).fill(200));
  }));

Deno.test("a restored snapshot over MAX_STALE_MS is answered with 503 too-stale", () =>
  withStore(async (source, start) => {
    await pollAndEnd(await start());
    await source.refuse();
    await using server = await start({ MAX_STALE_MS: 1000 });
    assertProblem(await getMetric(server, "sw-0", "m"), 503, "too-stale", /over MAX_STALE_MS=1000/);
  }));

Deno.test("a saved snapshot survives SIGKILL", () =>
  withStore(async (source, start, folder) => {
    const first = await start();
    await until("the save", async () => {
      for await (const { name } of Deno.readDir(`${folder}/state`)) {
        if (name.endsWith(".snapshot")) return true;
      }
    }, { retry_errors: true });
    await pollAndEnd(first, "SIGKILL");
    await source.refuse();
    await using server = await start();
    assertEquals((await getMetric(server, "sw-0", "m")).status, 200);
  }));

Deno.test("a damaged entry is logged, and the service starts without it", () =>
  withStore(async (_source, start, folder) => {
    await pollAndEnd(await start());
    for await (const { name } of Deno.readDir(`${folder}/state`)) {
      await Deno.truncate(`${folder}/state/${name}`, 100);
    }
    await using server = await start();
    const { detail } = await server.log.wait("snapshot.ignored");
    assertEquals(detail, "it is damaged or truncated: its checksum differs");
    await server.log.wait("poll.run");
    assertEquals((await getMetric(server, "sw-0", "m")).status, 200);
  }));

Deno.test("a store that cannot be written costs one warning and no poll", () =>
  withStore(async (_source, start, folder) => {
    await Deno.writeTextFile(`${folder}/state`, "");
    await using server = await start();
    await server.log.wait("poll.run");
    await server.log.wait("poll.run", () => true, server.log.mark);
    assertEquals(server.log.all("store.error").length, 1);
    assertEquals((await getMetric(server, "sw-0", "m")).status, 200);
  }));

Deno.test({
  name: "Redis keeps the snapshot across a restart, and its password shows nowhere",
  ignore: !HAS_REDIS,
  fn: () =>
    withStore(async (source, start) => {
      await using redis = await startRedis(["--requirepass", "s3cret"]);
      const env = { SNAPSHOT_STORE: `redis://:s3cret@127.0.0.1:${redis.port}/2` };
      await pollAndEnd(await start(env));
      await source.refuse();
      await using server = await start(env);
      assertEquals((await getMetric(server, "sw-0", "m")).json().snapshot_id, "boot-1");
      const shown = JSON.stringify([server.log.events, await stats(server)]);
      assertEquals(shown.includes("s3cret"), false);
    }),
});

Deno.test("a Redis that hangs delays no poll, and the end only within its bound", () =>
  withStore(async (_source, start) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    await using server = await start({ SNAPSHOT_STORE: `redis://127.0.0.1:${listener.addr.port}` });
    await server.log.wait("poll.run");
    await server.log.wait("store.error");
    assertEquals((await getMetric(server, "sw-0", "m")).status, 200);
    const { code, took_ms } = await server.stop();
    assertEquals([code, took_ms < GRACEFUL_STOP_MS_MAX], [0, true]);
  }));
