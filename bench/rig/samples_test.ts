import { assertEquals, assertNotEquals } from "@std/assert";
import { parse } from "@std/csv";
import { shardOfId } from "../../contracts/mod.ts";
import { buildMatrix, getMetricRequests, listMetricsRequest, streamPath } from "./samples.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("buildMatrix() has a header and a row per switch with a value in each field", () => {
  const records = parse(text(buildMatrix(2_500, 5, 1)));
  assertEquals(records[0], [
    "switch_id",
    "bandwidth_gbps",
    "latency_us",
    "packet_errors",
    "counter_003",
    "counter_004",
  ]);
  assertEquals(records.length, 2_501);
  assertEquals([records[1][0], records[2_500][0]], ["sw-000", "sw-2499"]);
  assertEquals(
    records.slice(1).flat().every((cell) => /^(sw-\d+|\d{1,8}|\d+\.\d)$/.test(cell)),
    true,
  );
});

Deno.test("buildMatrix() repeats per edition; editions share their names", () => {
  const [one, again, two] = [1, 1, 2].map((edition) => parse(text(buildMatrix(20, 4, edition))));
  assertEquals(one, again);
  assertNotEquals(one, two);
  assertEquals(one.map(([id]) => id), two.map(([id]) => id));
});

Deno.test("buildMatrix() ends with a line end", () => {
  const bytes = buildMatrix(1_000, 1, 1);
  assertEquals([bytes.at(-1), bytes.buffer.byteLength], [10, bytes.length]);
});

Deno.test("getMetricRequests() covers 64 switches and 3 metrics, each pair once", () => {
  const paths = getMetricRequests(64).map(({ path }) => path);
  assertEquals(new Set(paths).size, 192);
  assertEquals(paths[0], "/telemetry/GetMetric?switch_id=sw-000&metric=bandwidth_gbps");
  assertEquals(paths[191], "/telemetry/GetMetric?switch_id=sw-063&metric=packet_errors");
});

Deno.test("getMetricRequests() spreads its switches over a large fabric", () => {
  const paths = getMetricRequests(100_000).map(({ path }) => path);
  assertEquals([new Set(paths).size, paths[3].includes("switch_id=sw-1562&")], [192, true]);
});

Deno.test("getMetricRequests() covers 64 switches of a shard", () => {
  const shard = { index: 2, count: 4 };
  const ids = getMetricRequests(100_000, shard).map(({ path }) =>
    /switch_id=([^&]*)/.exec(path)![1]
  );
  assertEquals(new Set(ids).size, 64);
  assertEquals(ids.every((id) => shardOfId(id, 4) === 2), true);
});

Deno.test("listMetricsRequest() is conditional with an ETag", () => {
  assertEquals(listMetricsRequest(), [{ path: "/telemetry/ListMetrics" }]);
  assertEquals(listMetricsRequest('W/"a-1"'), [
    { path: "/telemetry/ListMetrics", headers: [["If-None-Match", 'W/"a-1"']] },
  ]);
});

Deno.test("streamPath() selects 200 switches, each stream others", () => {
  const paths = [0, 1, 999].map((i) => streamPath(i, 2_000));
  assertEquals(new Set(paths).size, 3);
  const ids = paths[2].split("switch_id=")[1].split(",");
  assertEquals([new Set(ids).size, ids[0], ids[199]], [200, "sw-999", "sw-1198"]);
});
