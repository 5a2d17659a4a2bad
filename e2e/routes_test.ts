/** The operational routes, methods, paths and hosts of metrics_server, with and without data. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  assertProblem,
  fabricSample,
  FakeSource,
  fixedHeaders,
  HttpSocket,
  request,
  serveSnapshot,
  startMetricsServer,
  together,
} from "./harness/mod.ts";

const GET_METRIC = "/telemetry/GetMetric?switch_id=sw-001&metric=latency_us";
const LIST_METRICS = "/telemetry/ListMetrics";
const ROUTES = [GET_METRIC, LIST_METRICS, "/stats", "/healthz", "/readyz"];

Deno.test("metrics_server with a snapshot", async (t) => {
  const snapshot_ts = Date.now() - 5000;
  await using source = new FakeSource(
    serveSnapshot(fabricSample(3), { id: "boot1-7", snapshot_ts }),
  );
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  await together(t, {
    "/stats reports endpoints, poller, sources, log and event loop": async () => {
      const answer = await request(server, "/stats");
      assertEquals(answer.status, 200);
      assertEquals(fixedHeaders(answer), {
        "cache-control": "no-store",
        "content-type": "application/json",
      });
      const { service, uptime_ms, endpoints, poller, sources, log, event_loop } = answer.json();
      assertEquals(service, "metrics_server");
      assert(uptime_ms > 0);
      const names = [
        "GetMetric",
        "ListMetrics",
        "stats",
        "healthz",
        "readyz",
        "metrics",
        "fabric_metrics",
        "stream",
        "columns",
        "other",
      ];
      assertEquals(Object.keys(endpoints), names);
      for (const name of names) {
        const latency = ["count", "samples", "p50_ms", "p95_ms", "p99_ms", "max_ms", "first_byte"];
        assertEquals(Object.keys(endpoints[name]), latency);
      }
      assertEquals(sources.length, 1);
      assertEquals(sources[0].url, source.url);
      assertEquals(sources[0].snapshot_id, "boot1-7");
      assertEquals(sources[0].last_error, null);
      assertEquals([sources[0].time_source, sources[0].row_times], ["header", null]);
      const { url: _u, snapshot_id: _s, last_error: _e, ...dated } = sources[0];
      const { time_source: _t, row_times: _r, freshness, ...counted } = dated;
      const { repeated_columns, restored, replica, ...shared } = counted;
      assertEquals(freshness, {
        state: "unknown",
        bound_ms: null,
        bound_from: null,
        interval_ms: null,
      });
      assertEquals([repeated_columns, restored, replica], [[], false, null]);
      assertEquals(poller, shared);
      assertEquals(
        {
          ...poller,
          polls: 0,
          successes: 0,
          not_modified: 0,
          last_success: "",
          age_ms: 0,
          oldest_row_age_ms: 0,
        },
        {
          polls: 0,
          successes: 0,
          not_modified: 0,
          failures: 0,
          failures_by_cause: {},
          consecutive_failures: 0,
          last_success: "",
          backoff_ms: 0,
          circuit: "closed",
          age_ms: 0,
          oldest_row_age_ms: 0,
          rows_stale: null,
          rows: 3,
          bad_rows: 0,
          uneven_rows: 0,
          repeated_ids: 0,
          rows_left_out: 0,
        },
      );
      assertMatch(poller.last_success, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assertEquals(poller.polls, poller.successes);
      assertEquals(poller.successes, poller.not_modified + 1);
      assertEquals(log, { lines_dropped: 0 });
      assert(event_loop.block_max_ms >= 0);
    },

    "/healthz answers 200": async () => {
      const answer = await request(server, "/healthz");
      assertEquals([answer.status, answer.text], [200, '{"ok":true}']);
      assertEquals(answer.headers.get("cache-control"), "no-store");
    },

    "/readyz reports data and its age": async () => {
      const answer = await request(server, "/readyz");
      assertEquals(answer.status, 200);
      assertEquals(answer.headers.get("cache-control"), "no-store");
      const { ok, age_ms, ...rest } = answer.json();
      assertEquals([ok, rest], [true, { missing_sources: [], stale_sources: [] }]);
      assert(age_ms >= 5000);
    },

    "HEAD has the headers of GET, including the length of its body": async () => {
      for (const target of ROUTES) {
        const got = await request(server, target);
        const head = await request(server, target, { method: "HEAD" });
        assertEquals(head.status, 200, target);
        assertEquals(fixedHeaders(head), fixedHeaders(got), target);
        assertEquals([...head.headers.keys()], [...got.headers.keys()], target);
        assert(Number(head.headers.get("content-length")) > 0, target);
        const age_ms = head.headers.get("x-data-age-ms");
        if (age_ms === null) continue;
        const body = got.text.replace(/"age_ms":\d+/, `"age_ms":${age_ms}`);
        assertEquals(head.headers.get("content-length"), `${body.length}`, target);
      }
    },

    "any other method gets 405 with the allowed methods": async () => {
      for (const target of ROUTES) {
        for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "BREW"]) {
          const answer = await request(server, target, { method, body: "x=1" });
          assertProblem(answer, 405, "wrong-method", /use GET or HEAD$/);
          assertEquals(answer.headers.get("allow"), "GET, HEAD");
          assertStringIncludes(answer.json().detail, `does not take ${method}`);
        }
      }
    },

    "an unknown path gets 404 with the known paths": async () => {
      for (
        const path of ["/dashboard", "/telemetry", "/telemetry/GetMetric/", "/Stats", "//stats"]
      ) {
        const answer = await request(server, path);
        assertProblem(
          answer,
          404,
          "unknown-path",
          /there are \/telemetry\/GetMetric, \/telemetry\/ListMetrics, \/telemetry\/stream, \/telemetry\/columns, \/stats, \/healthz, \/readyz, \/metrics, \/metrics\/fabric; \/openapi\.json describes them$/,
        );
        assertStringIncludes(answer.json().detail, `No path ${path}:`);
      }
    },

    "a request in absolute form is accepted": async () => {
      assertEquals((await request(server, `http://fabric${GET_METRIC}`)).status, 200);
    },

    "a Host with a dot that is no address is refused, except for health": async () => {
      for (const path of [GET_METRIC, "/telemetry/ListMetrics", "/metrics", "/"]) {
        const answer = await request(server, path, { headers: { host: "elsewhere.example" } });
        assertProblem(answer, 421, "foreign-host", /^Host: elsewhere\.example: .*ALLOWED_HOSTS/);
      }
      const health = await request(server, "/readyz", { headers: { host: "elsewhere.example" } });
      assertEquals(health.status, 200);
      const absolute = await request(server, `http://elsewhere.example${GET_METRIC}`);
      assertProblem(absolute, 421, "foreign-host", /^Host: elsewhere/);
    },

    "a request without Host is refused": async () => {
      using socket = await HttpSocket.connect(server.port);
      await socket.send("GET /telemetry/ListMetrics HTTP/1.1\r\n\r\n");
      assertEquals((await socket.readHead()).status, 400);
    },

    "a Host header that contains a path is refused, also in absolute form": async () => {
      for (const host of ["a/stats?", "a/telemetry/ListMetrics?x=", "a?", "a#b", "a/"]) {
        for (const path of ["/healthz", "/nothing"]) {
          const answer = await request(server, path, { headers: { host } });
          assertProblem(answer, 400, "bad-host", /^Host: .* must be a name or an address/);
          assertStringIncludes(answer.json().detail, `Host: ${host}:`);
        }
      }
      const absolute = await request(server, "http://a?b/stats");
      assertProblem(absolute, 400, "bad-host", /^Host: a\?b:/);
    },
  });
});

Deno.test("metrics_server without a snapshot", async (t) => {
  await using source = new FakeSource(serveSnapshot("switch_id,a\n"));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.error");
  const reason = `No snapshot yet from ${source.url}`;

  await together(t, {
    "GetMetric, ListMetrics and readyz return 503 with the source and Retry-After": async () => {
      for (const target of [GET_METRIC, LIST_METRICS, "/readyz"]) {
        const answer = await request(server, target);
        assertProblem(answer, 503, "no-snapshot", /\/stats shows the poller$/);
        assertStringIncludes(answer.json().detail, reason, target);
        assertEquals(answer.headers.get("retry-after"), "1");
        assertEquals(answer.headers.get("x-data-age-ms"), null);
        assertEquals(answer.headers.get("etag"), null);
      }
    },

    "readyz reports why the source has no data": async () => {
      const { detail } = (await request(server, "/readyz")).json();
      assertStringIncludes(detail, `${reason} (no_rows)`);
    },

    "healthz is fine, and /stats shows a source without data": async () => {
      assertEquals((await request(server, "/healthz")).status, 200);
      const { sources: [held] } = (await request(server, "/stats")).json();
      assertEquals([held.snapshot_id, held.age_ms, held.last_success], [null, null, null]);
      assertEquals([held.successes, held.last_error.cause], [0, "no_rows"]);
      assertEquals(held.failures_by_cause, { no_rows: held.failures });
    },

    "errors of the request itself take precedence": async () => {
      assertEquals((await request(server, "/telemetry/GetMetric")).status, 400);
      assertEquals((await request(server, GET_METRIC, { method: "POST" })).status, 405);
    },
  });
});
