import { assertEquals, assertStringIncludes } from "@std/assert";
import { VERSION } from "../../contracts/mod.ts";
import { CSV, FilledStore, TestServer } from "../testing/test_server.ts";
import { POLL_PHASES } from "./metrics.ts";

const BANDWIDTH = "/telemetry/GetMetric?switch_id=sw-000&metric=bandwidth_gbps";

async function metrics(tested: TestServer): Promise<string[]> {
  const response = await tested.request("/metrics");
  assertEquals([response.status, response.headers.get("cache-control")], [200, "no-store"]);
  return (await response.text()).split("\n");
}

/** Values of a source's series by name and labels, without the source label. */
function ofSource(lines: string[], name: string, url: string): Record<string, string> {
  const start = `fabric_telemetry_${name}{source="${url}"`;
  const entries = lines.filter((line) => line.startsWith(start)).map((line) =>
    line.slice(start.length).replace(/^,/, "").split("} ")
  );
  return Object.fromEntries(entries);
}

function server() {
  const filled = new FilledStore(["http://a/", "http://b/"])
    .take(CSV, "a-1", 998_500).fail(1, "timeout");
  return { filled, tested: new TestServer(filled.store) };
}

Deno.test("/metrics counts every request, with its endpoint and status", async () => {
  const { tested } = server();
  for (const path of [BANDWIDTH, BANDWIDTH, `${BANDWIDTH}x`, "/stats", "/nothing"]) {
    await tested.request(path);
  }
  const lines = await metrics(tested);
  for (
    const [endpoint, code, count] of [
      ["GetMetric", 200, 2],
      ["GetMetric", 404, 1],
      ["stats", 200, 1],
      ["other", 404, 1],
      ["ListMetrics", 200, 0],
    ]
  ) {
    const labels = `{endpoint="${endpoint}",code="${code}"}`;
    assertStringIncludes(
      lines.join("\n"),
      `fabric_telemetry_http_requests_total${labels} ${count}\n`,
    );
    assertStringIncludes(lines.join("\n"), `_duration_seconds_count${labels} ${count}\n`);
  }
});

Deno.test("Without access log, /metrics counts all requests and durations of timed ones", async () => {
  const { filled } = server();
  const tested = new TestServer(filled.store, { access_on: false });
  for (let i = 0; i < 5; i++) await tested.request(BANDWIDTH);
  tested.now_ms++;
  const text = (await metrics(tested)).join("\n");
  assertStringIncludes(text, '_http_requests_total{endpoint="GetMetric",code="200"} 5\n');
  assertStringIncludes(text, '_duration_seconds_count{endpoint="GetMetric",code="200"} 1\n');
});

Deno.test("/metrics reports the freshness of each source, also without data", async () => {
  const { filled } = server();
  const lines = await metrics(new TestServer(filled.store, { max_stale_ms: 1000 }));
  const told = (name: string) => [
    ofSource(lines, name, "http://a/"),
    ofSource(lines, name, "http://b/"),
  ];
  assertEquals(told("data_age_seconds"), [{ "": "1.5" }, {}]);
  assertEquals(told("data_timestamp_seconds"), [{ "": "998.5" }, {}]);
  assertEquals(told("source_has_data"), [{ "": "1" }, { "": "0" }]);
  assertEquals(told("data_fresh"), [{ "": "0" }, { "": "0" }]);
  assertEquals(told("fresh_bound_seconds"), [{ "": "1" }, { "": "1" }]);
  assertEquals(told("oldest_row_age_seconds"), [{ "": "1.5" }, {}]);
  assertEquals(told("rows_stale"), [{ "": "2" }, {}]);
});

Deno.test("/metrics reports data as not fresh while no bound is known", async () => {
  const { filled } = server();
  const of = async (name: string) =>
    ofSource(await metrics(new TestServer(filled.store)), name, "http://a/");
  const names = ["data_fresh", "fresh_bound_seconds", "rows_stale"];
  assertEquals(await Promise.all(names.map(of)), [{ "": "0" }, {}, {}]);
  filled.learn([10_000]);
  assertEquals(await Promise.all(names.map(of)), [{ "": "1" }, { "": "21.5" }, { "": "0" }]);
});

Deno.test("/metrics reports each poller's counters, circuit and phases", async () => {
  const { filled, tested } = server();
  filled.store.updateStats(1, {
    ...filled.stats(1, "b-9"),
    polls: 9,
    successes: 5,
    not_modified: 2,
    failures: 4,
    failures_by_cause: { timeout: 3, reset: 1 },
    consecutive_failures: 4,
    backoff_ms: 2500,
    circuit: "half_open",
    last_success: "2026-01-01T00:00:00.500Z",
  });
  POLL_PHASES.forEach((_, phase) => tested.polls.record(POLL_PHASES.length + phase, 2 ** phase));
  const lines = await metrics(tested);
  const told = (name: string) => ofSource(lines, name, "http://b/");
  assertEquals(told("polls_total"), {
    'outcome="modified"': "3",
    'outcome="not_modified"': "2",
    'outcome="failed"': "4",
  });
  assertEquals(told("poll_failures_total"), { 'cause="timeout"': "3", 'cause="reset"': "1" });
  assertEquals(told("circuit_state"), {
    'state="closed"': "0",
    'state="open"': "0",
    'state="half_open"': "1",
  });
  assertEquals(told("poll_consecutive_failures"), { "": "4" });
  assertEquals(told("poll_backoff_seconds"), { "": "2.5" });
  assertEquals(told("poll_last_success_timestamp_seconds"), { "": "1767225600.5" });
  assertEquals(told("poll_phase_duration_seconds_sum"), {
    'phase="fetch"': "0.001",
    'phase="parse"': "0.002",
    'phase="apply"': "0.004",
  });
  assertEquals(
    ofSource(lines, "poll_phase_duration_seconds_count", "http://a/")['phase="fetch"'],
    "0",
  );
});

Deno.test("/metrics reports build, start, memory, event loops and log", async () => {
  const text = (await metrics(server().tested)).join("\n");
  for (
    const line of [
      `fabric_telemetry_build_info{version="${VERSION}",deno="9.9.9"} 1`,
      "process_start_time_seconds 900",
      "process_resident_memory_bytes 1000000",
      'fabric_telemetry_heap_used_bytes{thread="0"} 7000000',
      'fabric_telemetry_heap_size_bytes{thread="0"} 9000000',
      'fabric_telemetry_heap_external_bytes{thread="0"} 1000000',
      'fabric_telemetry_event_loop_block_max_seconds{thread="0"} 0.0015',
      'fabric_telemetry_event_loop_block_max_seconds{thread="1"} 0.002',
      "fabric_telemetry_log_lines_dropped_total 3",
    ]
  ) assertStringIncludes(text, `${line}\n`);
});
