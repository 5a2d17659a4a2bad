/** Several sources behind one metrics_server, and shards of one source. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  FakeSource,
  getMetric,
  listMetrics,
  reset,
  serve,
  serveSnapshot,
  startDataServer,
  startMetricsServer,
  stats,
  until,
} from "./harness/mod.ts";

const LEAVES = "switch_id,latency_us,watts\nleaf-0,1.5,10\nleaf-1,2.5,11\nboth,3.5,12\n";
const SPINES = "switch_id,latency_us,ports\nspine-0,4.5,64\nboth,5.5,65\n";

Deno.test("one failing source ages its own rows only, and /stats shows each", async () => {
  const taken_ms = Date.now();
  await using leaves = new FakeSource(
    serveSnapshot(LEAVES, { id: "leaves-1", snapshot_ts: taken_ms }),
  );
  await using spines = new FakeSource(
    serveSnapshot(SPINES, { id: "spines-1", snapshot_ts: taken_ms }),
  );
  await using server = await startMetricsServer(`${leaves.url},${spines.url}`);
  await until(
    "both sources",
    () => new Set(server.log.all("poll.run").map((e) => e.source)).size === 2,
  );
  const list = await listMetrics(server);
  assertEquals(list.headers.get("etag"), 'W/"leaves-1+spines-1"');
  assertEquals(list.json().snapshot_id, "leaves-1+spines-1");
  assertEquals(list.json().fields, ["latency_us", "watts", "ports"]);

  spines.behavior = reset;
  await server.log.wait("poll.error", ({ source }) => source === spines.url);
  const fresh_ms = Date.now() + 2;
  leaves.behavior = serveSnapshot(LEAVES, { id: "leaves-2", snapshot_ts: fresh_ms });
  await server.log.wait("poll.run", ({ snapshot_id }) => snapshot_id === "leaves-2");

  const leaf = (await getMetric(server, "leaf-0", "latency_us")).json();
  const spine = (await getMetric(server, "spine-0", "latency_us")).json();
  assertEquals([leaf.value, leaf.snapshot_id], [1.5, "leaves-2"]);
  assertEquals([spine.value, spine.snapshot_id], [4.5, "spines-1"]);
  assert(spine.age_ms >= leaf.age_ms + (fresh_ms - taken_ms) - 50, `${spine.age_ms} ms old`);
  const { age_ms } = (await listMetrics(server)).json();
  assert(age_ms >= spine.age_ms, "a list is as old as its oldest rows");

  const { sources, poller } = await stats(server);
  assertEquals(sources.map(({ url }) => url), [leaves.url, spines.url]);
  assertEquals(sources.map(({ snapshot_id }) => snapshot_id), ["leaves-2", "spines-1"]);
  assertEquals(sources.map(({ rows }) => rows), [3, 2]);
  assertEquals(sources[0].failures, 0);
  assertEquals(sources[0].last_error, null);
  assert(sources[1].failures > 0 && sources[1].last_error?.cause === "reset");
  assert(sources[1].age_ms! > sources[0].age_ms!);
  assertEquals(poller.rows, 5);
  assertEquals(poller.failures, sources[1].failures);
  assertEquals(poller.polls, sources[0].polls + sources[1].polls);
  assertEquals(poller.age_ms, sources[1].age_ms);
});

Deno.test("a switch of two sources is served from the first source", async () => {
  await using leaves = new FakeSource(serveSnapshot(LEAVES));
  await using spines = new FakeSource(serveSnapshot(SPINES));
  await using server = await startMetricsServer(`${spines.url} ${leaves.url}`);
  await until("both sources", async () => (await stats(server)).poller.rows === 5);
  assertEquals((await getMetric(server, "both", "latency_us")).json().value, 5.5);
  assertEquals((await getMetric(server, "both", "watts")).status, 404);
});

Deno.test("an unknown switch is 503, not 404, while a source never delivered", async () => {
  await using leaves = new FakeSource(serveSnapshot(LEAVES));
  await using spines = new FakeSource(serve({ status: 500 }));
  await using server = await startMetricsServer(`${leaves.url},${spines.url}`);
  await server.log.wait("poll.run");
  await server.log.wait("poll.error");

  assertEquals((await getMetric(server, "leaf-0", "latency_us")).status, 200);
  const answer = await getMetric(server, "spine-0", "latency_us");
  assertEquals(answer.status, 503);
  assertEquals(answer.headers.get("retry-after"), "1");
  assertStringIncludes(answer.json().detail, `No snapshot yet from ${spines.url}:`);
  const list = await listMetrics(server);
  assertEquals(list.status, 200);
  assertEquals(list.json().missing_sources, [spines.url]);
  const { poller } = await stats(server);
  assertEquals(poller.age_ms, null);

  spines.behavior = serveSnapshot(SPINES);
  await until("the other source", async () => (await stats(server)).poller.rows === 5);
  assertEquals((await getMetric(server, "spine-0", "latency_us")).json().value, 4.5);
  assertEquals((await getMetric(server, "spine-9", "latency_us")).status, 404);
  const whole = await listMetrics(server, {
    headers: { "if-none-match": list.headers.get("etag")! },
  });
  assertEquals(whole.status, 200);
  assertEquals(whole.json().missing_sources, undefined);
});

Deno.test("a URL's user and password are sent to the source and never shown", async () => {
  await using source = new FakeSource(serveSnapshot(LEAVES));
  const url = source.url.replace("http://", "http://me:s%40cret@");
  await using server = await startMetricsServer(url);
  await server.log.wait("poll.run");
  assertEquals(source.requests[0].headers.get("authorization"), `Basic ${btoa("me:s@cret")}`);
  source.behavior = serve({ status: 401 });
  await server.log.wait("poll.error");
  const shown = JSON.stringify([await stats(server), server.log.events]);
  assertStringIncludes(shown, source.url);
  assertEquals(/cret/.test(shown), false);
});

Deno.test("shards of a UFM source form one matrix", async () => {
  const [switches, ports] = [5, 4];
  await using data = await startDataServer({
    DATA_PROFILE: "ufm",
    DATA_SWITCHES: switches,
    DATA_PORTS: ports,
    SEED: 3,
  });
  const shard = (n: number) => `${data.url}/csv/metrics?num_shards=2&shard=${n}`;
  await using server = await startMetricsServer(`${shard(0)},${shard(1)}`);
  await until("all rows", async () => (await stats(server)).poller.rows === switches * ports);

  const { sources } = await stats(server);
  assertEquals(sources.map(({ url }) => url), [shard(0), shard(1)]);
  assertEquals(sources.map(({ rows }) => rows), [2 * ports, 3 * ports]);
  const list = (await listMetrics(server)).json();
  const ids: string[] = list.items.map(({ switch_id }: { switch_id: string }) => switch_id);
  assertEquals(new Set(ids).size, switches * ports);
  for (const id of ids) assert(/^0x[0-9a-f]{16}:\d+$/.test(id), id);
  for (const id of [ids[0], ids.at(-1)!]) {
    const answer = await getMetric(server, id, "PortXmitDataExtended");
    assertEquals([answer.status, answer.json().switch_id], [200, id]);
  }
  const first = await getMetric(server, ids[0], "PortXmitDataExtended");
  const digits = BigInt(/"value":(\d+),/.exec(first.text)![1]);
  assert(digits > 2n ** 53n, `${digits} must be beyond 2^53`);
});

Deno.test("ID_COLUMNS names the columns that identify a row, in any case", async () => {
  const sample = "Rack,Slot,switch_id,watts\nr1,1,a,10\nr1,2,a,11\n";
  await using source = new FakeSource(serve({ body: sample }));
  await using server = await startMetricsServer(source.url, { ID_COLUMNS: "rack, SLOT" });
  await server.log.wait("poll.run");
  assertEquals((await getMetric(server, "r1:2", "watts")).json().value, 11);
  // Responses use that name for the row's id; the column's values would contradict it.
  assertEquals((await getMetric(server, "r1:2", "switch_id")).status, 404);

  await using lost = await startMetricsServer(source.url, { ID_COLUMNS: "rack,unit" });
  const { cause, detail } = await lost.log.wait("poll.error");
  assertEquals(cause, "no_id_column");
  assertStringIncludes(detail, "expected ID_COLUMNS=rack,unit");
});
