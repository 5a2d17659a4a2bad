/** GetMetric and ListMetrics over a snapshot with known values. */
import { assert, assertEquals } from "@std/assert";
import {
  type Answer,
  assertProblem,
  fabricSample,
  FakeSource,
  fixedHeaders,
  getMetric,
  listMetrics,
  request,
  serveSnapshot,
  startMetricsServer,
  together,
} from "./harness/mod.ts";

const GET_METRIC = "/telemetry/GetMetric?switch_id=sw-001&metric=latency_us";
const LIST_METRICS = "/telemetry/ListMetrics";

Deno.test("GetMetric and ListMetrics", async (t) => {
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
    "x-snapshot-ts": `${snapshot_ts}`,
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
  });
});
