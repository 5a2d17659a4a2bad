/** Bad data from the source, and the data served meanwhile. */
import { assertEquals, assertMatch } from "@std/assert";
import type { PollCause } from "../contracts/mod.ts";
import {
  type Behavior,
  cutChunked,
  fabricSample,
  FakeSource,
  getMetric,
  listMetrics,
  resetMidway,
  sendRaw,
  serve,
  serveSnapshot,
  startMetricsServer,
  stats,
  trickle,
} from "./harness/mod.ts";

const HEADER = "switch_id,bandwidth_gbps,latency_us,packet_errors\n";
const GOOD = fabricSample(5);

/** More than UPSTREAM_MAX_BYTES below. */
const LARGE = fabricSample(500);
const BYTES_MAX = 4096;

const csv = (body: string) => serve({ body });

/** Behavior, expected cause, status and detail. */
const REJECTED: readonly [string, Behavior, PollCause, number, RegExp][] = [
  ["a 404", serve({ status: 404 }), "http_4xx", 404, /^source answered 404$/],
  [
    "a redirect",
    serve({ status: 302, headers: { location: "http://127.0.0.1:1/new" } }),
    "http_3xx",
    302,
    /^source answered 302 to http:\/\/127\.0\.0\.1:1\/new: set UPSTREAM_URL to it$/,
  ],
  [
    "a partial response",
    serve({ status: 206, body: GOOD }),
    "http_status",
    206,
    /^source answered 206$/,
  ],
  [
    "a 204",
    sendRaw("HTTP/1.1 204 No Content\r\n\r\n"),
    "http_status",
    204,
    /^source answered 204$/,
  ],
  ["another protocol", sendRaw("SSH-2.0-OpenSSH_9.6\r\n"), "reset", 0, /./],
  ["a reset in the middle", resetMidway(GOOD), "truncated", 0, /./],
  ["a chunked body without its end", cutChunked(GOOD), "truncated", 0, /./],
  ["a slow drip of bytes", trickle(GOOD, 20), "timeout", 0, /POLL_TIMEOUT_MS=2000/],
  [
    "a body announced as too long",
    csv(LARGE),
    "too_large",
    200,
    new RegExp(`^body has Content-Length ${LARGE.length}: at most UPSTREAM_MAX_BYTES=4096$`),
  ],
  [
    "a body without a length that is too long",
    sendRaw(`HTTP/1.1 200 OK\r\n\r\n${LARGE}`),
    "too_large",
    200,
    /^body has at least \d+ bytes: at most UPSTREAM_MAX_BYTES=4096$/,
  ],
  [
    "an HTML page",
    csv("<!DOCTYPE html><p>Login"),
    "html",
    200,
    /^a page instead of CSV: "<!DOCTYPE/,
  ],
  ["JSON", csv('{"error":"no"}'), "json", 200, /^JSON instead of CSV: "\{/],
  ["an empty body", csv(""), "empty", 200, /./],
  ["only a header", csv(HEADER), "no_rows", 200, /./],
  [
    "rows without a header",
    csv(GOOD.slice(HEADER.length)),
    "no_id_column",
    200,
    /expected switch_id \| /,
  ],
  ["no column of ids", csv("name,a\nsw-000,1\n"), "no_id_column", 200, /"name,a"/],
  [
    "too many torn rows",
    csv(`${GOOD}sw-005,1\n`),
    "too_many_bad_rows",
    200,
    /^1 of 6 rows .*10 %/,
  ],
  ["a torn last row", csv(`${GOOD}sw-005,1`), "truncated", 200, /^the body ends inside line 7 /],
  [
    "a missing final line end that earlier bodies had",
    sendRaw(`HTTP/1.1 200 OK\r\n\r\n${GOOD.trimEnd()}`),
    "truncated",
    200,
    /^the body ends after \d+ bytes without the line end that the last body had, and its length /,
  ],
];

Deno.test("a bad poll is refused with its cause, and the last good data stays", async (t) => {
  const env = { POLL_TIMEOUT_MS: 2000, UPSTREAM_MAX_BYTES: BYTES_MAX };
  const good = serveSnapshot(GOOD, { id: "boot1-1", snapshot_ts: Date.now() });
  await using source = new FakeSource(good);
  await using server = await startMetricsServer(source.url, env);
  await server.log.wait("poll.run");
  for (const [name, behavior, cause, status, detail] of REJECTED) {
    await t.step({
      name: `${name}: ${cause}`,
      sanitizeOps: false,
      sanitizeResources: false,
      async fn() {
        const mark = server.log.mark;
        source.behavior = behavior;
        const error = await server.log.wait("poll.error", () => true, mark);
        assertEquals([error.cause, error.status], [cause, status]);
        assertMatch(error.detail, detail);
        const { value, snapshot_id } = (await getMetric(server, "sw-004", "latency_us")).json();
        assertEquals([value, snapshot_id], [5.5, "boot1-1"]);
        source.behavior = good;
        await server.log.wait("poll.run", ({ status }) => status === 304, server.log.mark);
      },
    });
  }
  const { failures_by_cause } = (await stats(server)).poller;
  for (const [, , cause] of REJECTED) {
    assertEquals((failures_by_cause[cause] ?? 0) > 0, true, cause);
  }
});

Deno.test("a poll keeps good rows, counts bad rows and quotes some of them", async () => {
  const torn = ["sw-900,1,2", "sw-901,1,2,3,4", ",1,2,3", 'sw-902,"1,2,3'];
  const rows = fabricSample(60).split("\n");
  rows.splice(31, 0, ...torn, "sw-003,999,999,999", "sw-003,998,998,998");
  await using source = new FakeSource(serve({ body: rows.join("\n") }));
  await using server = await startMetricsServer(source.url);
  const { rows: kept, bad_rows, repeated_ids, bad_samples } = await server.log.wait("poll.run");
  assertEquals([kept, bad_rows, repeated_ids], [60, 4, 2]);
  assertEquals(bad_samples, [
    { line: 32, reason: "3 cells instead of 4", text: "sw-900,1,2" },
    { line: 33, reason: "5 cells instead of 4", text: "sw-901,1,2,3,4" },
    { line: 35, reason: "broken quote", text: 'sw-902,"1,2,3' },
  ]);
  assertEquals((await getMetric(server, "sw-003", "latency_us")).json().value, 4.5);
  assertEquals((await getMetric(server, "sw-059", "latency_us")).json().value, 60.5);
  assertEquals((await getMetric(server, "sw-900", "latency_us")).status, 404);
  const { rows: rows_held, bad_rows: bad, repeated_ids: repeated } = (await stats(server)).poller;
  assertEquals([rows_held, bad, repeated], [60, 4, 2]);
});

Deno.test("a poll follows columns and switches that appear, vanish and move", async () => {
  const first = "switch_id,a,b\nsw-0,1,2\nsw-1,3,4\n";
  const second = "c,b,switch_id\n7,8,sw-2\n5,6,sw-0\n";
  await using source = new FakeSource(serveSnapshot(first, { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  const value = async (switch_id: string, metric: string) => {
    const answer = await getMetric(server, switch_id, metric);
    return answer.status === 200 ? answer.json().value : answer.status;
  };
  assertEquals([await value("sw-0", "a"), await value("sw-1", "b")], [1, 4]);

  source.behavior = serveSnapshot(second, { id: "boot1-2" });
  await server.log.wait("poll.run", ({ snapshot_id }) => snapshot_id === "boot1-2");
  assertEquals([await value("sw-0", "b"), await value("sw-0", "c")], [6, 5]);
  assertEquals([await value("sw-2", "b"), await value("sw-2", "c")], [8, 7]);
  assertEquals([await value("sw-0", "a"), await value("sw-1", "b")], [404, 404]);
  const { fields, items } = (await listMetrics(server)).json();
  assertEquals(fields, ["c", "b"]);
  assertEquals(items, [{ switch_id: "sw-2", c: 7, b: 8 }, { switch_id: "sw-0", c: 5, b: 6 }]);
});
