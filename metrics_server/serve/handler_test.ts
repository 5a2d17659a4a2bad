import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CSV, FilledStore, TestServer } from "../testing/test_server.ts";
import { PATHS } from "./endpoints.ts";
import { QUERY_CHARS_MAX } from "./query.ts";

const BANDWIDTH = "/telemetry/GetMetric?switch_id=sw-000&metric=bandwidth_gbps";
const LIST = "/telemetry/ListMetrics";

function server(options?: { access_on?: boolean }) {
  return new TestServer(new FilledStore().take(CSV, "boot-1", 999_180).store, options);
}

for (const path of PATHS.keys()) {
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    Deno.test(`${method} ${path} returns 405 with Allow`, async () => {
      const { status, body, response } = await server().json(path, { method });
      assertEquals([status, response.headers.get("allow")], [405, "GET, HEAD"]);
      assertEquals(body.detail, `${path} does not take ${method}: use GET or HEAD`);
    });
  }
}

Deno.test("A cached GET answer is not served to a POST", async () => {
  const tested = server();
  await tested.json(BANDWIDTH);
  assertEquals((await tested.request(BANDWIDTH, { method: "POST" })).status, 405);
});

for (
  const path of ["/", "/telemetry", "/telemetry/getmetric", "/telemetry/GetMetric/", "//stats"]
) {
  Deno.test(`${path} returns 404 and names the known paths`, async () => {
    const { status, body } = await server().json(path);
    assertEquals([status, body.type], [404, "urn:fabric-telemetry:problem:unknown-path"]);
    assertStringIncludes(body.detail, [...PATHS.keys()].join(", "));
  });
}

for (const path of PATHS.keys()) {
  Deno.test(`${path} returns 414 and the limit for a long query`, async () => {
    const query = "x".repeat(QUERY_CHARS_MAX);
    assertEquals((await server().request(`${path}?${query}`)).status === 414, false);
    const { status, body } = await server().json(`${path}?${query}x`);
    assertEquals(status, 414);
    assertStringIncludes(body.detail, `the maximum is ${QUERY_CHARS_MAX}`);
  });
}

for (
  const [target, parameter, hint] of [
    [`${BANDWIDTH}&max_age=5`, "max_age", "; did you mean max_age_ms?"],
    [`${LIST}?filds=latency_us`, "filds", "; did you mean fields?"],
    [`${LIST}?xyz=1`, "xyz", ""],
    ["/telemetry/stream?swich_id=sw-000", "swich_id", "; did you mean switch_id?"],
    [`${LIST}?%ff=1`, "%ff=1", ""],
  ]
) {
  Deno.test(`${target} returns 400 and names the nearest parameter`, async () => {
    const { status, body } = await server().json(target);
    assertEquals([status, body.type], [400, "urn:fabric-telemetry:problem:unknown-parameter"]);
    assertEquals(body.parameter, parameter);
    assertEquals(body.detail.split(" takes ")[1].replace(/^[\w, ]+/, ""), hint);
  });
}

Deno.test("parameters that begin with _ are ignored, and any on routes of the service", async () => {
  for (const target of [`${BANDWIDTH}&_=1`, `${LIST}?_cache=1`, "/readyz?x=1", "/stats?x=1"]) {
    assertEquals((await server().request(target)).status, 200, target);
  }
});

Deno.test("An answer to an allowed host is not sent to a foreign one", async () => {
  const tested = server();
  for (const path of [BANDWIDTH, LIST]) {
    for (const [host, status] of [["fabric", 200], ["elsewhere.example", 421], ["fabric", 200]]) {
      const headers = { host: String(host) };
      const response = await tested.request(path, { headers }, `http://${host}`);
      assertEquals(response.status, status, `${path} at ${host}`);
    }
  }
});

Deno.test("HEAD has the headers of GET on every data path", async () => {
  for (const path of [BANDWIDTH, LIST]) {
    const tested = server();
    const get = await tested.request(path);
    const head = await tested.request(path, { method: "HEAD" });
    assertEquals([head.status, [...head.headers]], [get.status, [...get.headers]]);
  }
});

Deno.test("Every request is logged with its endpoint, status and the data's age", async () => {
  const tested = server();
  const paths = [BANDWIDTH, BANDWIDTH, LIST, "/stats", "/healthz", "/readyz", "/nothing"];
  for (const path of [...paths, "/telemetry/GetMetric"]) await tested.request(path);
  await tested.request(LIST, { headers: { "if-none-match": "*" } });
  await tested.request(`${BANDWIDTH}&max_age_ms=1`);
  for (const path of ["/metrics", "/metrics/fabric", "/telemetry/stream"]) {
    await (await tested.request(path)).body!.cancel();
  }
  await tested.request(LIST, { method: "POST" });
  await tested.request("/stats", { headers: { host: "a/b" } });
  assertEquals(
    tested.access.map(({ endpoint, status, age_ms }) => [endpoint, status, age_ms]),
    [
      ["GetMetric", 200, 820],
      ["GetMetric", 200, 820],
      ["ListMetrics", 200, 820],
      ["stats", 200, 820],
      ["healthz", 200, 820],
      ["readyz", 200, 820],
      ["other", 404, 820],
      ["GetMetric", 400, 820],
      ["ListMetrics", 304, 820],
      ["GetMetric", 503, 820],
      ["metrics", 200, 820],
      ["fabric_metrics", 404, 820],
      ["stream", 200, 820],
      ["ListMetrics", 405, 820],
      ["other", 400, 820],
    ],
  );
});

Deno.test("The logged age is the oldest source's now, and left out before any delivered", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"]);
  const tested = new TestServer(filled.store);
  await tested.request("/healthz");
  filled.take(CSV, "a-1", 990_000).take(CSV, "b-1", 980_000, 1);
  await tested.request("/healthz");
  tested.now_ms += 5;
  await tested.request("/nothing");
  filled.take(CSV, "b-2", 995_000, 1);
  await tested.request("/healthz");
  assertEquals(tested.access.map(({ age_ms }) => age_ms), [NaN, 20_000, 20_005, 10_005]);
});

/** A clock that advances 0.25 ms at each reading. */
function moving(tested: TestServer): TestServer {
  let ticks = 0;
  tested.monotonic_ms = () => ticks += 0.25;
  return tested;
}

Deno.test("The latency is measured from request to response", async () => {
  const tested = moving(server());
  await tested.request(BANDWIDTH);
  await tested.request(BANDWIDTH);
  assertEquals(tested.access.map(({ latency_ms }) => latency_ms), [0.25, 0.25]);
  assertEquals(tested.access.map(({ ts_ms }) => ts_ms), [1_000_000, 1_000_000]);
  assertEquals((await tested.json("/stats")).body.endpoints.GetMetric.max_ms, 0.25);
});

Deno.test("Without access log, every request is counted and one per millisecond timed", async () => {
  const tested = moving(server({ access_on: false }));
  for (let i = 0; i < 5; i++) await tested.request(BANDWIDTH);
  tested.now_ms++;
  await tested.request(BANDWIDTH);
  assertEquals(tested.access, []);
  const { count, samples, max_ms } = (await tested.json("/stats")).body.endpoints.GetMetric;
  assertEquals([count, samples, max_ms], [6, 2, 0.25]);
});

Deno.test("/healthz returns 200 whatever the sources do", async () => {
  const { status, body } = await new TestServer(new FilledStore().store).json("/healthz");
  assertEquals([status, body], [200, { ok: true }]);
});

Deno.test("/readyz returns 503 with the reason before the first snapshot", async () => {
  const filled = new FilledStore().fail(0, "refused");
  const { status, body } = await new TestServer(filled.store).json("/readyz");
  assertEquals(status, 503);
  assertStringIncludes(body.detail, "No snapshot yet from http://source/counters (refused)");
});

Deno.test("/readyz returns 200 with the age after the first snapshot", async () => {
  const { status, body } = await server().json("/readyz");
  const named = { missing_sources: [], stale_sources: [] };
  assertEquals([status, body], [200, { ok: true, age_ms: 820, ...named }]);
});

/** A source with data of 50 s, one with data of 10 s, and one without data. */
function readiness(options: ConstructorParameters<typeof TestServer>[1]) {
  const filled = new FilledStore(["http://a/", "http://b/", "http://c/"])
    .take(CSV, "a-1", 950_000).take(CSV, "b-1", 990_000, 1).learn([10_000]).fail(2, "refused");
  return { filled, tested: new TestServer(filled.store, options) };
}

Deno.test("/readyz names missing and stale sources, and stays ready", async () => {
  const { status, body } = await readiness({}).tested.json("/readyz");
  const named = { missing_sources: ["http://c/"], stale_sources: ["http://a/"] };
  assertEquals([status, body], [200, { ok: true, age_ms: 10_000, ...named }]);
});

Deno.test("/readyz with READY_REQUIRES=all needs data of every source within MAX_STALE_MS", async () => {
  const { filled, tested } = readiness({ ready_requires: "all", max_stale_ms: 60_000 });
  const missing = await tested.json("/readyz");
  assertEquals(missing.status, 503);
  assertStringIncludes(missing.body.detail, "No snapshot yet from http://c/ (refused): ");
  assertEquals(missing.body.missing_sources, ["http://c/"]);
  filled.take(CSV, "c-1", 999_000, 2);
  assertEquals((await tested.json("/readyz")).status, 200);
  tested.now_ms += 10_001;
  const { status, body } = await tested.json("/readyz");
  assertEquals([status, body.age_ms, body.stale_sources], [503, 60_001, ["http://a/"]]);
});

Deno.test("/readyz returns 503 only if all sources are older than MAX_STALE_MS", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"])
    .take(CSV, "a-1", 990_000).take(CSV, "b-1", 980_000, 1);
  const tested = new TestServer(filled.store, { max_stale_ms: 15_000 });
  assertEquals((await tested.request("/readyz")).status, 200);
  tested.now_ms += 5001;
  const { status, body } = await tested.json("/readyz");
  assertEquals(status, 503);
  assertStringIncludes(body.detail, "over MAX_STALE_MS=15000");
});

Deno.test("/readyz returns 503 while the service stops, /healthz 200", async () => {
  const tested = server();
  tested.stopping = true;
  assertEquals((await tested.json("/readyz")).body.type, "urn:fabric-telemetry:problem:stopping");
  assertEquals((await tested.request("/healthz")).status, 200);
});

Deno.test("/stats reports latencies, each source and the totals", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"])
    .take(CSV, "a-1", 999_000).fail(1, "timeout");
  const tested = new TestServer(filled.store);
  await tested.request(BANDWIDTH);
  const { body, response } = await tested.json("/stats");
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertEquals(body.service, "metrics_server");
  assertEquals(body.endpoints.GetMetric, {
    count: 1,
    samples: 1,
    p50_ms: 0,
    p95_ms: 0,
    p99_ms: 0,
    max_ms: 0,
    first_byte: null,
  });
  assertEquals(body.endpoints.ListMetrics.p95_ms, null);
  assertEquals(body.sources.map((s: { url: string; age_ms: number }) => [s.url, s.age_ms]), [
    ["http://a/", 1000],
    ["http://b/", null],
  ]);
  assertEquals(body.sources[1].last_error.cause, "timeout");
  assertEquals(body.poller.polls, 1);
  assertEquals(body.poller.consecutive_failures, 1);
  assertEquals(body.poller.age_ms, null);
  assertEquals(body.log, { lines_dropped: 3 });
  assertEquals(body.event_loop, { block_max_ms: 1.5 });
  assert(body.uptime_ms >= 0);
});
