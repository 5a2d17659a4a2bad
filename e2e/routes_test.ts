/** Every route of metrics_server over a snapshot with known values. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ProblemAnswer } from "../contracts/mod.ts";
import {
  type Answer,
  fabricSample,
  FakeSource,
  getMetric,
  listMetrics,
  request,
  serveSnapshot,
  startMetricsServer,
  together,
} from "./harness/mod.ts";

const GET_METRIC = "/telemetry/GetMetric?switch_id=sw-001&metric=latency_us";
const LIST_METRICS = "/telemetry/ListMetrics";
const ROUTES = [GET_METRIC, LIST_METRICS, "/stats", "/healthz", "/readyz"];

/** Headers that do not vary between responses. */
function fixedHeaders({ headers }: Answer): Record<string, string> {
  const changing = ["date", "content-length", "x-data-age-ms"];
  return Object.fromEntries([...headers].filter(([name]) => !changing.includes(name)));
}

function assertProblem(answer: Answer, status: number, slug: string, detail: RegExp): void {
  assertEquals(answer.status, status);
  assertEquals(answer.headers.get("content-type"), "application/problem+json");
  const problem: ProblemAnswer = answer.json();
  assertEquals(problem.type, `urn:fabric-telemetry:problem:${slug}`);
  assertEquals(problem.status, status);
  assertMatch(problem.title, /^[A-Z]/);
  assertMatch(problem.detail, detail);
}

Deno.test("metrics_server with a snapshot", async (t) => {
  const snapshot_ts = Date.now() - 5000;
  await using source = new FakeSource(
    serveSnapshot(fabricSample(3), { id: "boot1-7", snapshot_ts }),
  );
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  const data_headers = {
    "cache-control": "no-cache",
    "content-type": "application/json",
    "etag": 'W/"boot1-7"',
  };

  /** Checks that the reported age lies between those before and after the request. */
  async function withinAge(get: () => Promise<Answer>): Promise<Answer> {
    const from_ms = Date.now();
    const answer = await get();
    const age_ms = Number(answer.headers.get("x-data-age-ms"));
    // The service follows steps of the wall clock within 5 ms.
    assert(age_ms >= from_ms - snapshot_ts - 6, `age ${age_ms}, before ${from_ms - snapshot_ts}`);
    assert(age_ms <= Date.now() - snapshot_ts + 6, `age ${age_ms} is ahead of the clock`);
    return answer;
  }

  await together(t, {
    "GetMetric returns exactly the value, its snapshot and its age": async () => {
      const answer = await withinAge(() => request(server, GET_METRIC));
      assertEquals(answer.status, 200);
      assertEquals(fixedHeaders(answer), data_headers);
      const age_ms = answer.headers.get("x-data-age-ms");
      assertEquals(
        answer.text,
        `{"switch_id":"sw-001","metric":"latency_us","value":2.5,` +
          `"snapshot_id":"boot1-7","age_ms":${age_ms}}`,
      );
      assertEquals(answer.headers.get("content-length"), `${answer.bytes.length}`);
    },

    "GetMetric has no 304: it ignores If-None-Match": async () => {
      const headers = { "if-none-match": 'W/"boot1-7"' };
      assertEquals((await request(server, GET_METRIC, { headers })).status, 200);
    },

    "GetMetric returns 404 and names the unknown switch": async () => {
      const answer = await getMetric(server, "sw-404", "latency_us");
      assertProblem(answer, 404, "unknown-switch", /^No switch sw-404: \/telemetry\/ListMetrics /);
      assertEquals(answer.json().switch_id, "sw-404");
    },

    "GetMetric returns 404 and names the unknown metric and the known ones": async () => {
      const answer = await getMetric(server, "sw-001", "watts");
      assertProblem(
        answer,
        404,
        "unknown-metric",
        /^No metric watts for switch sw-001: there are bandwidth_gbps, latency_us, packet_errors$/,
      );
    },

    "GetMetric matches switches and metrics by exact case": async () => {
      assertEquals((await getMetric(server, "SW-001", "latency_us")).status, 404);
      assertEquals((await getMetric(server, "sw-001", "Latency_us")).status, 404);
    },

    "ListMetrics returns fields in the source's order and an object per row": async () => {
      const answer = await withinAge(() => listMetrics(server));
      assertEquals(answer.status, 200);
      assertEquals(fixedHeaders(answer), { ...data_headers, vary: "accept-encoding" });
      const age_ms = answer.headers.get("x-data-age-ms");
      assertEquals(
        answer.text,
        `{"snapshot_id":"boot1-7","age_ms":${age_ms},` +
          `"fields":["bandwidth_gbps","latency_us","packet_errors"],"items":[` +
          `{"switch_id":"sw-000","bandwidth_gbps":100,"latency_us":1.5,"packet_errors":0},` +
          `{"switch_id":"sw-001","bandwidth_gbps":101,"latency_us":2.5,"packet_errors":10},` +
          `{"switch_id":"sw-002","bandwidth_gbps":102,"latency_us":3.5,"packet_errors":20}]}`,
      );
      assertEquals(answer.headers.get("content-length"), `${answer.bytes.length}`);
    },

    "ListMetrics returns 304 with age and ETag for a known ETag": async () => {
      for (const known of ['W/"boot1-7"', '"boot1-7"', '"other", W/"boot1-7"', "*"]) {
        const headers = { "if-none-match": known };
        for (const method of ["GET", "HEAD"]) {
          const answer = await withinAge(() => listMetrics(server, { method, headers }));
          assertEquals(answer.status, 304, known);
          assertEquals(answer.headers.get("etag"), 'W/"boot1-7"');
          assertEquals(answer.headers.get("content-length"), null);
        }
      }
    },

    "ListMetrics returns 200 for another ETag or part of this one": async () => {
      for (const known of ['"boot1-6"', 'W/"boot1-70"', '"boot1"', "boot1-7", '""', '"*"']) {
        const answer = await listMetrics(server, { headers: { "if-none-match": known } });
        assertEquals(answer.status, 200, known);
      }
    },

    "ListMetrics' pages cover all rows, and each page links the next": async () => {
      const ids: string[] = [];
      let target: string | undefined = `${LIST_METRICS}?limit=2&fields=latency_us`;
      while (target !== undefined) {
        const answer = await request(server, target);
        assertEquals([answer.status, answer.json().fields], [200, ["latency_us"]]);
        ids.push(...answer.json().items.map((item: { switch_id: string }) => item.switch_id));
        target = /^<(.+)>; rel="next"$/.exec(answer.headers.get("link") ?? "")?.[1];
      }
      assertEquals(ids, ["sw-000", "sw-001", "sw-002"]);
    },

    "ListMetrics as CSV equals the source's sample": async () => {
      const answer = await request(server, `${LIST_METRICS}?format=csv`);
      assertEquals(answer.headers.get("content-type"), "text/csv; charset=utf-8");
      assertEquals(answer.text, fabricSample(3));
    },

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
        "other",
      ];
      assertEquals(Object.keys(endpoints), names);
      for (const name of names) {
        const latency = ["count", "samples", "p50_ms", "p95_ms", "p99_ms", "max_ms"];
        assertEquals(Object.keys(endpoints[name]), latency);
      }
      assertEquals(sources.length, 1);
      assertEquals(sources[0].url, source.url);
      assertEquals(sources[0].snapshot_id, "boot1-7");
      assertEquals(sources[0].last_error, null);
      const { url: _u, snapshot_id: _s, last_error: _e, ...shared } = sources[0];
      assertEquals(poller, shared);
      assertEquals(
        { ...poller, polls: 0, successes: 0, not_modified: 0, last_success: "", age_ms: 0 },
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
          rows: 3,
          bad_rows: 0,
          repeated_ids: 0,
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
      assertEquals([ok, rest], [true, {}]);
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
          /there are \/telemetry\/GetMetric, \/telemetry\/ListMetrics, \/telemetry\/stream, \/stats, \/healthz, \/readyz, \/metrics, \/metrics\/fabric; \/openapi\.json describes them$/,
        );
        assertStringIncludes(answer.json().detail, `No path ${path}:`);
      }
    },

    "a request in absolute form is accepted": async () => {
      assertEquals((await request(server, `http://fabric.example${GET_METRIC}`)).status, 200);
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
