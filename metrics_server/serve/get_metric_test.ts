import { assertEquals, assertStringIncludes } from "@std/assert";
import { CSV, FilledStore, TestServer } from "../testing/test_server.ts";
import { ANSWERS_MAX, GetMetric } from "./get_metric.ts";

const BANDWIDTH = "/telemetry/GetMetric?switch_id=sw-000&metric=bandwidth_gbps";

function server(options?: { max_stale_ms?: number }) {
  const filled = new FilledStore().take(CSV, "boot-1", 999_180);
  return { filled, server: new TestServer(filled.store, options) };
}

Deno.test("GetMetric returns value, snapshot and age in the order of the contract", async () => {
  const response = await server().server.request(BANDWIDTH);
  assertEquals(
    await response.text(),
    '{"switch_id":"sw-000","metric":"bandwidth_gbps","value":122.4,"snapshot_id":"boot-1","age_ms":820}',
  );
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(response.headers.get("x-data-age-ms"), "820");
  assertEquals(response.headers.get("etag"), 'W/"boot-1"');
  assertEquals(response.headers.get("cache-control"), "no-cache");
});

Deno.test("GetMetric returns exact counters beyond 2^53", async () => {
  const path = "/telemetry/GetMetric?switch_id=sw-000&metric=packet_errors";
  assertStringIncludes(
    await (await server().server.request(path)).text(),
    '"value":9007199254740993,',
  );
});

Deno.test("GetMetric returns null for an empty cell and for N/A", async () => {
  for (const metric of ["bandwidth_gbps", "latency_us"]) {
    const path = `/telemetry/GetMetric?switch_id=sw-001&metric=${metric}`;
    assertEquals((await server().server.json(path)).body.value, null);
  }
});

Deno.test("GetMetric reports a growing age until the next snapshot", async () => {
  const { server: tested } = server();
  const ages = [];
  for (let i = 0; i < 3; i++) {
    const { body, response } = await tested.json(BANDWIDTH);
    assertEquals(String(body.age_ms), response.headers.get("x-data-age-ms"));
    ages.push(body.age_ms);
    tested.now_ms += 1000;
  }
  assertEquals(ages, [820, 1820, 2820]);
});

Deno.test("GetMetric never reports a negative age", async () => {
  const filled = new FilledStore().take(CSV, "boot-1", 2_000_000);
  assertEquals((await new TestServer(filled.store).json(BANDWIDTH)).body.age_ms, 0);
});

Deno.test("GetMetric serves a new snapshot at once", async () => {
  const { filled, server: tested } = server();
  await tested.json(BANDWIDTH);
  filled.take(CSV.replace("122.4", "99.5"), "boot-2", 999_900);
  const { body, response } = await tested.json(BANDWIDTH);
  assertEquals([body.value, body.snapshot_id, body.age_ms], [99.5, "boot-2", 100]);
  assertEquals(response.headers.get("etag"), 'W/"boot-2"');
});

Deno.test("GetMetric reports the age of the row if rows have timestamps", async () => {
  const csv = "timestamp,node_guid,port_num,rate\n" +
    "1700000000000000,0xa,1,5\n1699999990000000,0xa,2,6\n";
  const filled = new FilledStore().take(csv, "boot-1", 1_700_000_002_000);
  const tested = new TestServer(filled.store);
  tested.now_ms = 1_700_000_003_000;
  const age = async (port: number) =>
    (await tested.json(`/telemetry/GetMetric?switch_id=0xa:${port}&metric=rate`)).body.age_ms;
  assertEquals([await age(1), await age(2), await age(1)], [3000, 13_000, 3000]);
});

Deno.test("GetMetric returns 404 and names the unknown switch", async () => {
  const { status, body, response } = await server().server.json(
    "/telemetry/GetMetric?switch_id=sw-999&metric=bandwidth_gbps",
  );
  assertEquals(status, 404);
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  assertEquals(body.type, "urn:fabric-telemetry:problem:unknown-switch");
  assertEquals(body.switch_id, "sw-999");
  assertEquals(
    body.detail,
    "No switch sw-999: /telemetry/ListMetrics names the switches there are",
  );
});

Deno.test("GetMetric returns 404 and names the unknown metric and known ones", async () => {
  const { status, body } = await server().server.json(
    "/telemetry/GetMetric?switch_id=sw-000&metric=temperature",
  );
  assertEquals(status, 404);
  assertEquals(
    body.detail,
    "No metric temperature for switch sw-000: there are bandwidth_gbps, latency_us, packet_errors",
  );
});

Deno.test("GetMetric does not serve the id column as a metric", async () => {
  const path = "/telemetry/GetMetric?switch_id=sw-000&metric=switch_id";
  assertEquals((await server().server.json(path)).status, 404);
});

for (
  const [query, slug, parameter] of [
    ["", "missing-parameter", "switch_id"],
    ["?switch_id=sw-000", "missing-parameter", "metric"],
    ["?metric=latency_us", "missing-parameter", "switch_id"],
    ["?switch_id=&metric=latency_us", "missing-parameter", "switch_id"],
    ["?switch_id&metric=latency_us", "missing-parameter", "switch_id"],
    ["?switch_id=a&switch_id=b&metric=latency_us", "repeated-parameter", "switch_id"],
    ["?switch_id=a&metric=latency_us&metric=latency_us", "repeated-parameter", "metric"],
    ["?switch_id=%ZZ&metric=latency_us", "broken-parameter", "switch_id"],
    ["?switch_id=%ff&metric=latency_us", "broken-parameter", "switch_id"],
    ["?switch_id=sw-000&metric=latency_us&max_age_ms=-1", "bad-parameter", "max_age_ms"],
    ["?switch_id=sw-000&metric=latency_us&max_age_ms=1e3", "bad-parameter", "max_age_ms"],
    ["?switch_id=sw-000&metric=latency_us&max_age_ms=", "bad-parameter", "max_age_ms"],
  ]
) {
  Deno.test(`GetMetric returns 400 ${slug} for "${query}"`, async () => {
    const { status, body } = await server().server.json(`/telemetry/GetMetric${query}`);
    assertEquals(status, 400);
    assertEquals(body.type, `urn:fabric-telemetry:problem:${slug}`);
    assertEquals(body.parameter, parameter);
  });
}

Deno.test("GetMetric decodes parameters in any order and ignores those with _", async () => {
  const path = "/telemetry/GetMetric?_=1&%6detric=latency%5Fus&switch_id=%73w%2D000&_x";
  assertEquals((await server().server.json(path)).body.value, 1.5);
});

Deno.test("GetMetric truncates a long unknown id in its 404", async () => {
  const path = `/telemetry/GetMetric?switch_id=${"x".repeat(5000)}&metric=y`;
  const { status, body } = await server().server.json(path);
  assertEquals([status, body.switch_id], [404, `${"x".repeat(128)}…`]);
});

Deno.test("GetMetric returns 503 and names the source before the first snapshot", async () => {
  const { status, body, response } = await new TestServer(new FilledStore().store).json(BANDWIDTH);
  assertEquals([status, response.headers.get("retry-after")], [503, "2"]);
  assertEquals(body.type, "urn:fabric-telemetry:problem:no-snapshot");
  assertStringIncludes(body.detail, "http://source/counters");
});

Deno.test("GetMetric returns 503 for data older than MAX_STALE_MS, then 200 again", async () => {
  const { filled, server: tested } = server({ max_stale_ms: 1000 });
  assertEquals((await tested.json(BANDWIDTH)).status, 200);
  tested.now_ms += 180;
  assertEquals((await tested.json(BANDWIDTH)).status, 200);
  tested.now_ms += 1;
  const { status, body, response } = await tested.json(BANDWIDTH);
  assertEquals([status, response.headers.get("retry-after")], [503, "2"]);
  assertEquals([body.age_ms, body.max_age_ms], [1001, 1000]);
  assertEquals(response.headers.get("x-data-age-ms"), "1001");
  assertStringIncludes(body.detail, "over MAX_STALE_MS=1000");
  filled.take(CSV, "boot-2", tested.now_ms);
  assertEquals((await tested.json(BANDWIDTH)).status, 200);
});

Deno.test("GetMetric applies max_age_ms to that request only", async () => {
  const { server: tested } = server();
  const { status, body } = await tested.json(`${BANDWIDTH}&max_age_ms=500`);
  assertEquals(status, 503);
  assertStringIncludes(body.detail, "over max_age_ms=500");
  assertEquals((await tested.json(`${BANDWIDTH}&max_age_ms=5000`)).status, 200);
  assertEquals((await tested.json(BANDWIDTH)).status, 200);
});

Deno.test("GetMetric keeps MAX_STALE_MS under a larger max_age_ms", async () => {
  const { server: tested } = server({ max_stale_ms: 100 });
  assertEquals((await tested.json(`${BANDWIDTH}&max_age_ms=99999`)).status, 503);
});

Deno.test("GetMetric serves the first source that has the switch, with its age", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"])
    .take("switch_id,m\nsw-1,1\nsw-2,2\n", "a-1", 999_000)
    .take("switch_id,m\nsw-2,20\nsw-3,30\n", "b-1", 990_000, 1);
  const tested = new TestServer(filled.store);
  const read = async (id: string) => {
    const { body } = await tested.json(`/telemetry/GetMetric?switch_id=${id}&metric=m`);
    return [body.value, body.snapshot_id, body.age_ms];
  };
  assertEquals(await read("sw-1"), [1, "a-1", 1000]);
  assertEquals(await read("sw-2"), [2, "a-1", 1000]);
  assertEquals(await read("sw-3"), [30, "b-1", 10_000]);
});

Deno.test("GetMetric returns 503 for an unknown switch while a source has not delivered", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"]).take(
    "switch_id,m\nsw-1,1\n",
    "a-1",
    0,
  );
  const path = "/telemetry/GetMetric?switch_id=sw-9&metric=m";
  const { status, body } = await new TestServer(filled.store).json(path);
  assertEquals(status, 503);
  assertStringIncludes(body.detail, "No snapshot yet from http://b/");
});

Deno.test("GetMetric forgets every answer of the last snapshot, not only the one requested", async () => {
  const filled = new FilledStore().take("switch_id,a,b\nx,1,2\n", "s-1", 1);
  const tested = new TestServer(filled.store);
  const value = async (metric: string) =>
    (await tested.json(`/telemetry/GetMetric?switch_id=x&metric=${metric}`)).body.value;
  assertEquals([await value("a"), await value("b")], [1, 2]);
  filled.take("switch_id,a,b\nx,3,4\n", "s-2", 2);
  assertEquals([await value("a"), await value("b")], [3, 4]);
});

Deno.test("GetMetric caches answers with a metric, not those with a text of kilobytes", () => {
  const filled = new FilledStore().take(`switch_id,a,b\nx,1,${"y".repeat(4_000)}\n`, "s-1", 1);
  const limits = { max_stale_ms: Infinity, fresh_bound_ms: 0, poll_ms: 1 };
  const get_metric = new GetMetric(
    filled.store,
    { ...limits, ready_requires: "any", retry_after_s: 1, list_bytes_max: 1 },
    { nameAnswer: () => 0 },
  );
  const is_kept = (metric: string) => {
    get_metric.answer(metric, `switch_id=x&metric=${metric}`, 2);
    return get_metric.remembered(metric) !== null;
  };
  assertEquals([is_kept("a"), is_kept("b")], [true, false]);
});

Deno.test("GetMetric is correct for more URLs than it caches", async () => {
  const { server: tested } = server();
  for (let i = 0; i < ANSWERS_MAX + 10; i++) tested.request(`${BANDWIDTH}&_x=${i}`);
  assertEquals((await tested.json(`${BANDWIDTH}&_x=${ANSWERS_MAX + 5}`)).body.value, 122.4);
  assertEquals((await tested.json(`${BANDWIDTH}&_x=1`)).body.value, 122.4);
});
