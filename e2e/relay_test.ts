/** Ages over several hops: relays of relays, and caches on the way. */
import { assert, assertEquals } from "@std/assert";
import {
  FakeSource,
  getMetric,
  listMetrics,
  serve,
  serveSnapshot,
  type Service,
  startMetricsServer,
  stats,
  until,
} from "./harness/mod.ts";

/** Largest error of an age over three tiers, in milliseconds. */
const ERROR_MS_MAX = 50;

const SAMPLE = "switch_id,m\nsw-0,1\nsw-1,2\n";

const relayUrl = (server: Service) => `${server.url}/telemetry/ListMetrics?format=csv`;

/** Age of `sw-0` and of the list, both from body or header; negative errors are younger. */
async function ages(server: Service): Promise<{ value_ms: number; list_ms: number }> {
  const value = await getMetric(server, "sw-0", "m");
  const list = await listMetrics(server);
  return { value_ms: value.json().age_ms, list_ms: list.json().age_ms };
}

function assertAge(age_ms: number, taken_ms: number, words: string): void {
  const error_ms = age_ms - (Date.now() - taken_ms);
  assert(Math.abs(error_ms) <= ERROR_MS_MAX, `${words}: ${error_ms} ms off`);
}

/** Three services in a row, the last one with data; each polls the CSV list of the one before. */
async function threeTiers(source: FakeSource): Promise<AsyncDisposable & { tiers: Service[] }> {
  const stack = new AsyncDisposableStack();
  const tiers: Service[] = [];
  let url = source.url;
  for (let tier = 0; tier < 3; tier++) {
    const server = stack.use(await startMetricsServer(url));
    await server.log.wait("poll.run");
    url = relayUrl(server);
    tiers.push(server);
  }
  return { tiers, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("a relay of a relay reports the age of the source's snapshot within 50 ms", async () => {
  const snapshot_ts = Date.now() - 60_000;
  await using source = new FakeSource(serveSnapshot(SAMPLE, { id: "boot1-1", snapshot_ts }));
  await using three = await threeTiers(source);
  for (const [tier, server] of three.tiers.entries()) {
    const { value_ms, list_ms } = await ages(server);
    assertAge(value_ms, snapshot_ts, `GetMetric of tier ${tier}`);
    assertAge(list_ms, snapshot_ts, `ListMetrics of tier ${tier}`);
    assertEquals((await stats(server)).sources[0].time_source, "header");
    assertEquals((await getMetric(server, "sw-0", "m")).json().snapshot_id, "boot1-1");
  }
});

Deno.test("a relay of a relay counts from the first fetch if the source reports no time", async () => {
  await using source = new FakeSource(serveSnapshot(SAMPLE));
  await using three = await threeTiers(source);
  const [first] = three.tiers;
  const fetched_ms = Date.now() - (await ages(first)).list_ms;
  for (const server of three.tiers) {
    const { value_ms, list_ms } = await ages(server);
    assertAge(value_ms, fetched_ms, "GetMetric");
    assertAge(list_ms, fetched_ms, "ListMetrics");
  }
});

Deno.test("a relay of a relay keeps row times that are older than the header", async () => {
  const snapshot_ts = Date.now() - 10_000;
  const old_ms = snapshot_ts - 3_600_000;
  const csv = `switch_id,m,timestamp\nsw-0,1,${old_ms}\nsw-1,2,${snapshot_ts - 5_000}\n`;
  await using source = new FakeSource(serveSnapshot(csv, { id: "boot1-1", snapshot_ts }));
  await using three = await threeTiers(source);
  for (const server of three.tiers) {
    const { value_ms, list_ms } = await ages(server);
    assertAge(value_ms, old_ms, "the old row");
    assertAge(list_ms, snapshot_ts - 5_000, "the list, as old as its newest row");
  }
});

Deno.test("a header older than the row times makes the rows older, too", async () => {
  const snapshot_ts = Date.now() - 3_600_000;
  const csv = `switch_id,m,timestamp\nsw-0,1,${Date.now() * 1000}\n`;
  await using source = new FakeSource(serveSnapshot(csv, { id: "boot1-1", snapshot_ts }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  assertAge((await ages(server)).value_ms, snapshot_ts, "GetMetric");
});

Deno.test("a cache that serves a stored 200 during an outage does not make it look fresh", async () => {
  const stored_ms = Date.now() - 300_000;
  const behavior = () =>
    serve({ headers: { age: `${Math.round((Date.now() - stored_ms) / 1000)}` }, body: SAMPLE });
  await using source = new FakeSource(behavior());
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  const first = await ages(server);
  assert(Math.abs(first.value_ms - (Date.now() - stored_ms)) < 1_100, `${first.value_ms} ms`);
  assertEquals((await stats(server)).sources[0].time_source, "age");
  await using relay = await startMetricsServer(relayUrl(server));
  await relay.log.wait("poll.run");
  assertAge((await ages(relay)).list_ms, Date.now() - (await ages(server)).list_ms, "the relay");
});

Deno.test("a 304 of a cache with an Age makes the current data older, never younger", async () => {
  const headers = { etag: '"a"' };
  await using source = new FakeSource(serve({ headers, body: SAMPLE }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  assert((await ages(server)).value_ms < 60_000);
  source.behavior = serve({ status: 304, headers: { ...headers, age: "600" } });
  const older = await until("the age of the cache", async () => {
    const { value_ms, list_ms } = await ages(server);
    return value_ms >= 600_000 && list_ms >= 600_000 && value_ms;
  });
  source.behavior = serve({ status: 304, headers: { ...headers, age: "0" } });
  const polls = server.log.all("poll.run").length;
  await until("two more polls", () => server.log.all("poll.run").length >= polls + 2);
  assert((await ages(server)).value_ms >= older);
});
