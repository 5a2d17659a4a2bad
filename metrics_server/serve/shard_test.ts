import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Shard, shardedId, shardOfId } from "../../contracts/mod.ts";
import { FilledStore, TestServer } from "../testing/test_server.ts";

const IDS = Array.from({ length: 12 }, (_, n) => `sw-${n}`);
const SHARD: Shard = { index: 1, count: 3 };
const [OWN, NEXT] = IDS.filter((id) => shardOfId(id, SHARD.count) === SHARD.index);
const FOREIGN = IDS.find((id) => shardOfId(id, SHARD.count) === 2)!;
const ID = shardedId("boot-1", SHARD);

const csvOf = (...ids: string[]) => `switch_id,m\n${ids.map((id) => `${id},1\n`).join("")}`;

function serverOf(store: FilledStore): TestServer {
  return new TestServer(store.store, { shard: SHARD });
}

const filled = () => serverOf(new FilledStore().take(csvOf(OWN, NEXT), ID, 999_000));
const getMetric = (id: string) =>
  `/telemetry/GetMetric?switch_id=${encodeURIComponent(id)}&metric=m`;

Deno.test("an id of another shard is answered 421 with that shard, an unknown one 404", async () => {
  const unknown = Array.from({ length: 20 }, (_, n) => `x${n}`).find((id) =>
    shardOfId(id, SHARD.count) === SHARD.index
  )!;
  for (const path of [getMetric, (id: string) => `/telemetry/ListMetrics?switch_id=${OWN},${id}`]) {
    const { status, body } = await filled().json(path(FOREIGN));
    assertEquals([status, body.shard, body.shards], [421, 2, 3]);
    assertEquals(body.type, "urn:fabric-telemetry:problem:misdirected");
    assertEquals((await filled().json(path(unknown))).status, 404);
  }
  const unsharded = new TestServer(new FilledStore().take(csvOf(OWN), "boot-1", 999_000).store);
  assertEquals((await unsharded.json(getMetric(FOREIGN))).status, 404);
});

Deno.test("an id of another shard is answered 421 before any source has delivered", async () => {
  const server = serverOf(new FilledStore());
  assertEquals((await server.json(getMetric(FOREIGN))).status, 421);
  assertEquals((await server.json(getMetric(OWN))).status, 503);
});

Deno.test("an id that is found is served, whatever its shard would be", async () => {
  const server = serverOf(new FilledStore().take(csvOf(FOREIGN), ID, 999_000));
  assertEquals((await server.json(getMetric(FOREIGN))).status, 200);
});

Deno.test("the shard of an id is computed from its decoded UTF-8 text", async () => {
  const server = filled();
  for (
    const [sent, id] of [["a%2Bb", "a+b"], ["a+b", "a b"], ["%C3%A9", "é"], ["a%2Cb", "a,b"]]
  ) {
    const { status, body } = await server.json(
      `/telemetry/GetMetric?metric=m&switch_id=${sent}`,
    );
    const shard = shardOfId(id, SHARD.count);
    assertEquals([status, body.shard], shard === SHARD.index ? [404, undefined] : [421, shard], id);
  }
});

Deno.test("lists name their shard in X-Shard, also as 304, page, CSV and gzip", async () => {
  const list = "/telemetry/ListMetrics";
  const gzip = { headers: { "accept-encoding": "gzip" } };
  for (const path of [list, `${list}?limit=1`, `${list}?format=csv`, `${list}?switch_id=sw-*`]) {
    for (const init of [undefined, { headers: { "if-none-match": `"${ID}"` } }, gzip]) {
      const response = await filled().request(path, init);
      assertEquals(response.headers.get("x-shard"), "1/3", path);
      await response.body?.cancel();
    }
  }
  const unsharded = new TestServer(new FilledStore().take(csvOf(OWN), "boot-1", 1).store);
  assertEquals((await unsharded.request(list)).headers.get("x-shard"), null);
});

Deno.test("a client that holds another shard's list of the same body gets no 304", async () => {
  const etag = (index: number) => `W/"${shardedId("boot-1", { ...SHARD, index })}"`;
  const status = async (tag: string) =>
    (await filled().request("/telemetry/ListMetrics", { headers: { "if-none-match": tag } }))
      .status;
  assertEquals([await status(etag(1)), await status(etag(0)), await status('W/"boot-1"')], [
    304,
    200,
    200,
  ]);
});

Deno.test("a cursor of another shard is answered 421, one of an older snapshot 410", async () => {
  const page = async (cursor: string) => {
    const { status, body } = await filled().json(`/telemetry/ListMetrics?limit=1&cursor=${cursor}`);
    return [status, body.shard];
  };
  const cursorOf = (id: string) => btoa(`1 ${id}`).replaceAll("=", "");
  assertEquals(await page(cursorOf(ID)), [200, undefined]);
  assertEquals(await page(cursorOf(shardedId("boot-1", { ...SHARD, index: 2 }))), [421, 2]);
  assertEquals(await page(cursorOf(shardedId("boot-0", SHARD))), [410, undefined]);
  assertEquals(await page(cursorOf(shardedId("boot-1", { index: 0, count: 2 }))), [410, undefined]);
  assertEquals(await page(cursorOf("boot-1")), [410, undefined]);
});

Deno.test("sources without rows of the shard leave no gap in the list", async () => {
  for (const empty of [[0], [1], [0, 1]]) {
    const { store } = new FilledStore(["http://a/", "http://b/"])
      .take(csvOf(OWN), ID, 999_000, 0).take(csvOf(NEXT), ID, 999_000, 1);
    for (const source of empty) store.sources[source].items = new Uint8Array(0);
    const { body } = await new TestServer(store, { shard: SHARD }).json("/telemetry/ListMetrics");
    assertEquals(body.items.length, 2 - empty.length);
  }
});

Deno.test("/metrics reports the rows of other shards with the own shard as a label", async () => {
  const text = await (await filled().request("/metrics")).text();
  const labels = '{source="http://source/counters",shard="1/3"}';
  assertStringIncludes(text, `fabric_telemetry_rows_left_out${labels} 0\n`);
});
