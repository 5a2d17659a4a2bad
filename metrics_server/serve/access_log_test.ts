import { assertEquals } from "@std/assert";
import { CSV, FilledStore, TestServer } from "../testing/test_server.ts";
import { accessEvery, CLIENT_LABELS_MAX, isAccessSetting } from "./access_log.ts";
import { ANSWERS_MAX } from "./get_metric.ts";

const VALUE = "/telemetry/GetMetric?switch_id=sw-000&metric=latency_us";
const OTHER_VALUE = "/telemetry/GetMetric?switch_id=sw-001&metric=packet_errors";
const LIST = "/telemetry/ListMetrics";
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

type Options = ConstructorParameters<typeof TestServer>[1];

function server(options: Options = {}) {
  const filled = new FilledStore().take(CSV, "boot-1", 999_180);
  return { filled, tested: new TestServer(filled.store, options) };
}

/** Requests the paths; returns the endpoint, status and facts of each line. */
async function lines(tested: TestServer, paths: readonly string[], init?: RequestInit) {
  for (const path of paths) await (await tested.request(path, init)).body?.cancel();
  return tested.access.map(({ endpoint, status, facts }) => [endpoint, status, facts]);
}

Deno.test("isAccessSetting and accessEvery read all, errors, off and sample:N", () => {
  const settings = ["all", "ERRORS", "off", "sample:100"];
  assertEquals(settings.map(accessEvery), [1, Infinity, null, 100]);
  const bad = ["", "some", "sample", "sample:0", "sample:-1", "sample:1.5", "sample:9999999"];
  assertEquals(bad.filter(isAccessSetting), []);
});

Deno.test("a value's line has switch, metric and client, computed or remembered", async () => {
  const { tested } = server();
  const facts = { switch_id: "sw-000", metric: "latency_us", client: "192.0.2.7" };
  const other = { switch_id: "sw-001", metric: "packet_errors", client: "192.0.2.7" };
  assertEquals(await lines(tested, [VALUE, VALUE, OTHER_VALUE, VALUE, LIST]), [
    ["GetMetric", 200, facts],
    ["GetMetric", 200, facts],
    ["GetMetric", 200, other],
    ["GetMetric", 200, facts],
    ["ListMetrics", 200, { client: "192.0.2.7" }],
  ]);
});

Deno.test("after a new snapshot a line names its own switch, although labels are used again", async () => {
  const { filled, tested } = server();
  await lines(tested, [VALUE]);
  filled.take(CSV, "boot-2", 999_500);
  const [, second] = await lines(tested, [OTHER_VALUE]);
  assertEquals(second[2], { switch_id: "sw-001", metric: "packet_errors", client: "192.0.2.7" });
});

Deno.test("a value beyond the cache, or with a long URL, has its switch in its line too", async () => {
  const { tested } = server();
  for (let n = 0; n < ANSWERS_MAX; n++) await tested.request(`${VALUE}&_=${n}`);
  tested.access.length = 0;
  const long = `${OTHER_VALUE}&_=${"x".repeat(600)}`;
  const found = await lines(tested, [OTHER_VALUE, long, `${VALUE}&_=0`]);
  assertEquals(found.map(([, , facts]) => (facts as { switch_id: string }).switch_id), [
    "sw-001",
    "sw-001",
    "sw-000",
  ]);
});

Deno.test("a failure's line has switch, metric, client and the trace id of its request", async () => {
  const { tested } = server();
  const headers = {
    traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
    "x-request-id": "not this one",
  };
  const path = "/telemetry/GetMetric?switch_id=sw-9&metric=latency_us";
  assertEquals(await lines(tested, [path], { headers }), [["GetMetric", 404, {
    switch_id: "sw-9",
    metric: "latency_us",
    client: "192.0.2.7",
    request_id: TRACE,
  }]]);
});

Deno.test("a stream's line has its selection and request id", async () => {
  const { tested } = server();
  const path = "/telemetry/stream?switch_id=sw-000&fields=latency_us";
  assertEquals(await lines(tested, [path], { headers: { "x-request-id": "r-1" } }), [[
    "stream",
    200,
    { switch_id: "sw-000", metric: "latency_us", client: "192.0.2.7", request_id: "r-1" },
  ]]);
});

Deno.test("probes are logged at DEBUG only, unless they fail", async () => {
  for (const debug_on of [true, false]) {
    const { tested } = server({ debug_on });
    await lines(tested, ["/healthz", "/readyz"]);
    await lines(tested, ["/", "/nothing"], { method: "HEAD" });
    tested.stopping = true;
    await lines(tested, ["/readyz"]);
    assertEquals(tested.access.map(({ status, is_debug }) => [status, is_debug]), [
      ...debug_on ? [[200, true], [200, true]] : [],
      [404, false],
      [404, false],
      [503, false],
    ]);
  }
});

Deno.test("ACCESS_LOG=errors logs failures alone, off logs none", async () => {
  const paths = [VALUE, LIST, "/nothing", VALUE, "/telemetry/GetMetric"];
  const errors = await lines(server({ access_every: Infinity }).tested, paths);
  assertEquals(errors.map(([endpoint, status]) => [endpoint, status]), [
    ["other", 404],
    ["GetMetric", 400],
  ]);
  assertEquals(await lines(server({ access_every: null }).tested, paths), []);
});

Deno.test("ACCESS_LOG=sample:3 logs one of three successes, with all facts, and each failure", async () => {
  const { tested } = server({ access_every: 3 });
  const paths = [VALUE, VALUE, "/nothing", VALUE, VALUE, VALUE, VALUE];
  const found = await lines(tested, paths, { headers: { "x-request-id": "r-1" } });
  const facts = { switch_id: "sw-000", metric: "latency_us", client: "192.0.2.7" };
  assertEquals(found.map(([endpoint]) => endpoint), ["GetMetric", "other", "GetMetric"]);
  assertEquals(found[0][2], { ...facts, request_id: "r-1" });
});

Deno.test("more clients than labels each have their own address in their lines", async () => {
  const { tested } = server();
  const clients = Array.from({ length: 3 * CLIENT_LABELS_MAX }, (_, n) => `client-${n}`);
  for (tested.client of [...clients, "client-0"]) await tested.request(VALUE);
  assertEquals(tested.access.map(({ facts }) => facts.client), [...clients, "client-0"]);
});
