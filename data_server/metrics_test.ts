import { assertEquals, assertStringIncludes } from "@std/assert";
import { conditional, createTestApp, START_MS } from "./testing/test_app.ts";

Deno.test("/metrics reports requests, snapshots, faults and the process", async () => {
  const { send, time, tick } = await createTestApp("fabric", { error_pct: 100, slow_ms: 0 });
  await send("/counters");
  await send("/counters", conditional('"other"'));
  await send("/nothing");
  await tick();
  await time.advance(2500);
  const answer = await send("/metrics");
  assertEquals(answer.status, 200);
  const text = await answer.text();
  assertEquals(answer.headers.get("content-length"), String(text.length));
  for (
    const line of [
      'data_server_http_requests_total{endpoint="/counters",code="500"} 2',
      'data_server_http_requests_total{endpoint="unknown",code="404"} 1',
      'data_server_http_request_duration_seconds_count{endpoint="/counters",code="500"} 2',
      "data_server_snapshots_total 2",
      `data_server_snapshot_timestamp_seconds ${START_MS / 1000}`,
      "data_server_snapshot_age_seconds 2.5",
      'data_server_faults_injected_total{kind="slow"} 0',
      'data_server_faults_injected_total{kind="http_500"} 2',
      "process_resident_memory_bytes 1000000",
    ]
  ) assertStringIncludes(text, `${line}\n`);
});
