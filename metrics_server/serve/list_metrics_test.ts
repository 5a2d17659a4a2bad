import { gunzipSync } from "node:zlib";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { CSV, FilledStore, LIST_BYTES_MAX, longCsv, TestServer } from "../testing/test_server.ts";
import { LIST_COPY_BYTES_MAX } from "./list_body.ts";
import { ITEMS_WAIT_MS_MAX } from "./list_metrics.ts";

const LIST = "/telemetry/ListMetrics";

function server(options?: { max_stale_ms?: number }) {
  const filled = new FilledStore().take(CSV, "boot-1", 999_180);
  return { filled, server: new TestServer(filled.store, options) };
}

Deno.test("ListMetrics returns all rows and fields in the order of the contract", async () => {
  const response = await server().server.request(LIST);
  assertEquals(
    await response.text(),
    '{"snapshot_id":"boot-1","age_ms":820,"fields":["bandwidth_gbps","latency_us","packet_errors"],' +
      '"items":[{"switch_id":"sw-000","bandwidth_gbps":122.4,"latency_us":1.5,' +
      '"packet_errors":9007199254740993},' +
      '{"switch_id":"sw-001","bandwidth_gbps":null,"latency_us":null,"packet_errors":7}]}',
  );
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(response.headers.get("x-data-age-ms"), "820");
  assertEquals(response.headers.get("etag"), 'W/"boot-1"');
});

Deno.test("ListMetrics reports the current age for a cached list", async () => {
  const { server: tested } = server();
  await tested.json(LIST);
  tested.now_ms += 700;
  assertEquals((await tested.json(LIST)).body.age_ms, 1520);
});

for (
  const [if_none_match, status] of [
    ['W/"boot-1"', 304],
    ['"boot-1"', 304],
    ['"x", W/"boot-1"', 304],
    ["*", 304],
    ['W/"boot-1-gzip"', 304],
    ['"x", "boot-1--br"', 304],
    ['W/"boot-2"', 200],
    ['W/"boot-2-gzip"', 200],
    ["boot-1", 200],
    ["", 200],
  ] as const
) {
  Deno.test(`ListMetrics returns ${status} for If-None-Match: ${if_none_match}`, async () => {
    const headers = { "if-none-match": if_none_match };
    const response = await server().server.request(LIST, { headers });
    assertEquals(response.status, status);
    assertEquals(response.headers.get("etag"), 'W/"boot-1"');
    assertEquals(response.headers.get("x-data-age-ms"), "820");
    if (status === 304) assertEquals(response.body, null);
    else await response.body?.cancel();
  });
}

Deno.test("ListMetrics returns 200 for the ETag of a replaced snapshot", async () => {
  const { filled, server: tested } = server();
  filled.take(CSV, "boot-2", 999_900);
  const { status, body } = await tested.json(LIST, { headers: { "if-none-match": 'W/"boot-1"' } });
  assertEquals([status, body.snapshot_id], [200, "boot-2"]);
});

Deno.test("ListMetrics returns 503 before the first snapshot, also for If-None-Match: *", async () => {
  const tested = new TestServer(new FilledStore().store);
  const { status, body } = await tested.json(LIST, { headers: { "if-none-match": "*" } });
  assertEquals([status, body.type], [503, "urn:fabric-telemetry:problem:no-snapshot"]);
});

Deno.test("ListMetrics applies MAX_STALE_MS and max_age_ms", async () => {
  assertEquals((await server({ max_stale_ms: 819 }).server.json(LIST)).status, 503);
  assertEquals((await server().server.json(`${LIST}?max_age_ms=819`)).status, 503);
  assertEquals((await server().server.json(`${LIST}?max_age_ms=820`)).status, 200);
  assertEquals((await server().server.json(`${LIST}?max_age_ms=no`)).status, 400);
  assertEquals((await server().server.json(`${LIST}?max_age_ms=1&max_age_ms=2`)).status, 400);
});

Deno.test("ListMetrics combines sources and reports the oldest age", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"])
    .take("switch_id,m,n\nsw-1,1,2\n", "a-1", 999_000)
    .take("switch_id,m,o\nsw-2,3,4\n", "b-7", 990_000, 1);
  const { body, response } = await new TestServer(filled.store).json(LIST);
  assertEquals(body, {
    snapshot_id: "a-1+b-7",
    age_ms: 10_000,
    fields: ["m", "n", "o"],
    items: [{ switch_id: "sw-1", m: 1, n: 2 }, { switch_id: "sw-2", m: 3, o: 4 }],
  });
  assertEquals(response.headers.get("etag"), 'W/"a-1+b-7"');
});

Deno.test("ListMetrics names missing sources", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"]).take("switch_id,m\ns,1\n", "a-1", 0);
  const { body } = await new TestServer(filled.store).json(LIST);
  assertEquals(body.missing_sources, ["http://b/"]);
});

Deno.test("ListMetrics requests missing items and waits for them", async () => {
  const filled = new FilledStore().take(CSV, "boot-1", 999_000, 0, false);
  const tested = new TestServer(filled.store);
  const pending = tested.request(LIST);
  assertInstanceOf(pending, Promise);
  await Promise.resolve();
  assertEquals(tested.wanted, [0]);
  const items = new TextEncoder().encode('{"switch_id":"sw-000"}');
  filled.store.updateItems({ source: 0, hand_over: 7, items });
  tested.now_ms += 50;
  filled.store.updateItems({ source: 0, hand_over: 1, items });
  const body = await (await pending).json();
  assertEquals([body.age_ms, body.items], [1050, [{ switch_id: "sw-000" }]]);
  assertEquals(tested.access.at(-1)?.age_ms, 1050);
});

Deno.test("ListMetrics as gzip requests compressed items once, and waits for them", async () => {
  const filled = new FilledStore().take(longCsv(), "boot-1", 999_000);
  const [held] = filled.store.sources;
  const { items, deflated } = held;
  held.deflated = null;
  const tested = new TestServer(filled.store);
  const init = { headers: { "accept-encoding": "gzip" } };
  const waiting = [tested.request(LIST, init), tested.request(LIST, init)];
  await Promise.resolve();
  assertEquals(tested.wanted_gzip, [0, 0]);
  filled.store.updateItems({ source: 0, hand_over: 1, items: items!, deflated });
  waiting.push(tested.request(LIST, init));
  for (const answer of waiting) {
    const { body, headers } = await answer;
    const bytes = await new Response(body).bytes();
    assertEquals(Number(headers.get("content-length") ?? bytes.length), bytes.length);
    const list = JSON.parse(gunzipSync(bytes).toString());
    assertEquals([list.age_ms, list.items.length], [1000, 30_000]);
  }
});

Deno.test("ListMetrics serves a newer snapshot that arrives during the wait", async () => {
  const filled = new FilledStore().take(CSV, "boot-1", 999_000, 0, false);
  const pending = new TestServer(filled.store).request(LIST);
  filled.take(CSV, "boot-2", 999_500);
  assertEquals((await (await pending).json()).snapshot_id, "boot-2");
});

Deno.test("ListMetrics sends a long list with its length and requests the next items", async () => {
  const csv = longCsv();
  const filled = new FilledStore().take(csv, "boot-1", 999_000);
  const tested = new TestServer(filled.store);
  const response = await tested.request(LIST);
  const text = await response.text();
  assert(text.length > LIST_COPY_BYTES_MAX, `only ${text.length} bytes`);
  assertEquals(Number(response.headers.get("content-length")), text.length);
  assertEquals(JSON.parse(text).items.length, 30_000);
  assertEquals(tested.wanted, [0]);
  await (await tested.request(LIST)).body?.cancel();
  assertEquals(tested.wanted, [0]);
});

Deno.test("ListMetrics answers HEAD of a long list with its length", async () => {
  const tested = new TestServer(new FilledStore().take(longCsv(), "boot-1", 0).store);
  const response = await tested.request(LIST, { method: "HEAD" });
  assert(Number(response.headers.get("content-length")) > LIST_COPY_BYTES_MAX);
  assertEquals(response.body, null);
});

Deno.test("ListMetrics returns 503 if items are not prepared in time", async () => {
  using time = new FakeTime();
  const filled = new FilledStore().take(CSV, "boot-1", 999_000, 0, false);
  const pending = new TestServer(filled.store).request(LIST);
  await time.tickAsync(ITEMS_WAIT_MS_MAX - 1);
  assertEquals(await Promise.race([pending, Promise.resolve("waiting")]), "waiting");
  await time.tickAsync(1);
  const response = await pending;
  assertEquals([response.status, response.headers.get("retry-after")], [503, "1"]);
  assertStringIncludes((await response.json()).detail, `within ${ITEMS_WAIT_MS_MAX} ms`);
});

Deno.test("A known ListMetrics URL returns 405 for another method", async () => {
  const { server: tested } = server();
  await tested.json(LIST);
  assertEquals((await tested.request(LIST, { method: "POST" })).status, 405);
  assertEquals((await tested.request(LIST, { method: "HEAD" })).status, 200);
});

Deno.test("ListMetrics refuses a too long list with both figures and prepares no items", async () => {
  const field = "f".repeat(10_000);
  const rows = Array.from({ length: 30_000 }, (_, n) => `s${n},1`).join("\n");
  const filled = new FilledStore()
    .take(`switch_id,${field}\n${rows}\n`, "boot-1", 0, 0, false);
  const tested = new TestServer(filled.store);
  const { status, body } = await tested.json(LIST);
  assertEquals([status, body.type], [503, "urn:fabric-telemetry:problem:list-too-long"]);
  assertStringIncludes(body.detail, `it may have ${LIST_BYTES_MAX}`);
  assertEquals(tested.wanted, []);
});
