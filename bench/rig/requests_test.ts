import { assertEquals } from "@std/assert";
import { getMetricRequests, listMetricsRequest } from "./requests.ts";

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

Deno.test("listMetricsRequest() is conditional with an ETag", () => {
  assertEquals(listMetricsRequest(), [{ path: "/telemetry/ListMetrics" }]);
  assertEquals(listMetricsRequest('W/"a-1"'), [
    { path: "/telemetry/ListMetrics", headers: [["If-None-Match", 'W/"a-1"']] },
  ]);
});
