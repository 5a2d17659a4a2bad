/** Ages over several hops: relays of relays, and caches on the way. */
import { assert, assertEquals } from "@std/assert";
import {
  type Behavior,
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

interface Ages {
  /** Age of `sw-0`. */
  readonly value_ms: number;
  readonly list_ms: number;
  /** When they were requested, and when both had arrived. */
  readonly from_ms: number;
  readonly to_ms: number;
}

async function ages(server: Service): Promise<Ages> {
  const from_ms = Date.now();
  const value = await getMetric(server, "sw-0", "m");
  const list = await listMetrics(server);
  return { value_ms: value.json().age_ms, list_ms: list.json().age_ms, from_ms, to_ms: Date.now() };
}

/** Checks an age against the truth, which grows while the answers are under way. */
function assertAge(
  age_ms: number,
  { from_ms, to_ms }: Ages,
  taken_ms: number,
  words: string,
): void {
  const least_ms = from_ms - taken_ms - ERROR_MS_MAX;
  const most_ms = to_ms - taken_ms + ERROR_MS_MAX;
  assert(
    age_ms >= least_ms && age_ms <= most_ms,
    `${words}: ${age_ms}, not ${least_ms}–${most_ms}`,
  );
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
    const seen = await ages(server);
    assertAge(seen.value_ms, seen, snapshot_ts, `GetMetric of tier ${tier}`);
    assertAge(seen.list_ms, seen, snapshot_ts, `ListMetrics of tier ${tier}`);
    assertEquals((await stats(server)).sources[0].time_source, "header");
    assertEquals((await getMetric(server, "sw-0", "m")).json().snapshot_id, "boot1-1");
  }
});

Deno.test("a relay of a relay counts from the first fetch if the source reports no time", async () => {
  await using source = new FakeSource(serveSnapshot(SAMPLE));
  await using three = await threeTiers(source);
  const list = await listMetrics(three.tiers[0]);
  const fetched_ms = Number(list.headers.get("x-snapshot-ts"));
  for (const server of three.tiers) {
    const seen = await ages(server);
    assertAge(seen.value_ms, seen, fetched_ms, "GetMetric");
    assertAge(seen.list_ms, seen, fetched_ms, "ListMetrics");
  }
});

Deno.test("a relay of a relay keeps row times that are older than the header", async () => {
  const snapshot_ts = Date.now() - 10_000;
  const old_ms = snapshot_ts - 3_600_000;
  const csv = `switch_id,m,timestamp\nsw-0,1,${old_ms}\nsw-1,2,${snapshot_ts - 5_000}\n`;
  await using source = new FakeSource(serveSnapshot(csv, { id: "boot1-1", snapshot_ts }));
  await using three = await threeTiers(source);
  for (const server of three.tiers) {
    const seen = await ages(server);
    assertAge(seen.value_ms, seen, old_ms, "the old row");
    assertAge(seen.list_ms, seen, snapshot_ts - 5_000, "the list, as old as its newest row");
  }
});

Deno.test("a header older than the row times makes the rows older, too", async () => {
  const snapshot_ts = Date.now() - 3_600_000;
  const csv = `switch_id,m,timestamp\nsw-0,1,${Date.now() * 1000}\n`;
  await using source = new FakeSource(serveSnapshot(csv, { id: "boot1-1", snapshot_ts }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  const seen = await ages(server);
  assertAge(seen.value_ms, seen, snapshot_ts, "GetMetric");
});

Deno.test("a cache that serves a stored 200 during an outage does not make it look fresh", async () => {
  const stored_ms = Date.now() - 300_000;
  const cache: Behavior = {
    act(conn, request) {
      const age = `${Math.floor((Date.now() - stored_ms) / 1000)}`;
      return serve({ headers: { age }, body: SAMPLE }).act(conn, request);
    },
  };
  await using source = new FakeSource(cache);
  await using server = await startMetricsServer(source.url);
  const { fetch_ms } = await server.log.wait("poll.run");
  const { from_ms, to_ms, ...first } = await ages(server);
  // An Age has whole seconds, and counts from the request.
  const span = { ...first, from_ms: from_ms - 1_000, to_ms: to_ms + fetch_ms };
  assertAge(first.value_ms, span, stored_ms, "GetMetric");
  assertEquals((await stats(server)).sources[0].time_source, "age");
  await using relay = await startMetricsServer(relayUrl(server));
  await relay.log.wait("poll.run");
  const timeOf = async (one: Service) => (await listMetrics(one)).headers.get("x-snapshot-ts");
  await until(
    "the same time in the relay",
    async () => await timeOf(relay) === await timeOf(server),
  );
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
