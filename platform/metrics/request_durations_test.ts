import { assertEquals } from "@std/assert";
import { writeMetrics } from "./exposition.ts";
import { RequestDurations, requestFamilies } from "./request_durations.ts";

/** Lines of the text that begin like this. */
function lines(requests: readonly RequestDurations[], start: string): string[] {
  const text = writeMetrics(requestFamilies("x", requests, ["get", "list"]), "prometheus");
  return text.split("\n").filter((line) => line.startsWith(start));
}

Deno.test("Requests are counted by endpoint and status, over all threads, timed or not", () => {
  const [a, b] = [new RequestDurations(2), new RequestDurations(2)];
  a.record(0, 200, 0.02);
  b.record(0, 200, 0.02);
  new RequestDurations(2, b.durations.cells).recordUntimed(0, 200);
  a.record(0, 404, 2);
  a.record(1, 503, 2);
  a.record(1, 418, 2);
  a.record(1, 431, 2);
  assertEquals(lines([a, b], "x_http_requests_total"), [
    'x_http_requests_total{endpoint="get",code="200"} 3',
    'x_http_requests_total{endpoint="get",code="404"} 1',
    'x_http_requests_total{endpoint="list",code="200"} 0',
    'x_http_requests_total{endpoint="list",code="503"} 1',
    'x_http_requests_total{endpoint="list",code="other"} 2',
  ]);
  assertEquals(lines([a, b], "x_http_request_duration_seconds_count"), [
    'x_http_request_duration_seconds_count{endpoint="get",code="200"} 2',
    'x_http_request_duration_seconds_count{endpoint="get",code="404"} 1',
    'x_http_request_duration_seconds_count{endpoint="list",code="200"} 0',
    'x_http_request_duration_seconds_count{endpoint="list",code="503"} 1',
    'x_http_request_duration_seconds_count{endpoint="list",code="other"} 2',
  ]);
  assertEquals(
    lines([a, b], 'x_http_request_duration_seconds_bucket{endpoint="get",code="200"').slice(0, 3),
    [
      'x_http_request_duration_seconds_bucket{endpoint="get",code="200",le="0.00001"} 0',
      'x_http_request_duration_seconds_bucket{endpoint="get",code="200",le="0.000025"} 2',
      'x_http_request_duration_seconds_bucket{endpoint="get",code="200",le="0.00005"} 2',
    ],
  );
});

Deno.test("Every status that the services use has its own series", () => {
  const statuses = [200, 101, 304, 400, 403, 404, 405, 410, 414, 499, 500, 503];
  const requests = new RequestDurations(1);
  for (const status of statuses) requests.recordUntimed(0, status);
  const text = writeMetrics(requestFamilies("x", [requests], ["get"]), "prometheus");
  const codes = [...text.matchAll(/^x_http_requests_total\{.*code="(\w+)"\} 1$/gm)];
  assertEquals(codes.map(([, code]) => code).sort(), statuses.map(String).sort());
});
