/** Query parameters in every spelling, up to and beyond the length limits. */
import { assertEquals, assertMatch } from "@std/assert";
import {
  type Answer,
  FakeSource,
  getMetric,
  listMetrics,
  request,
  serveSnapshot,
  startMetricsServer,
  together,
} from "./harness/mod.ts";

const SAMPLE = [
  'switch_id,latency_us,rate & "more" = 100%+',
  "sw-000,1.5,2.5",
  "leaf 1/é+,3.5,4.5",
  '"1,5 m",5.5,6.5',
  "",
].join("\n").replace('rate & "more" = 100%+', '"rate & ""more"" = 100%+"');
const STRANGE_SWITCH = "leaf 1/é+";
const STRANGE_METRIC = 'rate & "more" = 100%+';

/** Length limit of a query. */
const QUERY_CHARS_MAX = 8192;

/** The HTTP stack accepts request heads up to 64 KiB: a length below and a length above. */
const CHARS_ACCEPTED = 60_000;
const CHARS_REFUSED = 70_000;

function brief(answer: Answer): [number, string | null] {
  const is_problem = answer.headers.get("content-type") === "application/problem+json";
  return [answer.status, is_problem ? answer.json().type.split(":").at(-1) : null];
}

Deno.test("metrics_server's query parameters", async (t) => {
  await using source = new FakeSource(serveSnapshot(SAMPLE, { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  const get = (query: string) => request(server, `/telemetry/GetMetric?${query}`);

  await together(t, {
    "GetMetric finds names with spaces, slashes, quotes and letters beyond ASCII": async () => {
      const answer = await getMetric(server, STRANGE_SWITCH, STRANGE_METRIC);
      assertEquals(answer.status, 200);
      const { switch_id, metric, value } = answer.json();
      assertEquals([switch_id, metric, value], [STRANGE_SWITCH, STRANGE_METRIC, 4.5]);
    },

    "GetMetric decodes percent-encoded names and values, and + as a space": async () => {
      for (
        const query of [
          "switch_id=sw%2D000&metric=latency%5fus",
          "%73witch_id=sw-000&%6Detric=latency_us",
          "metric=latency_us&switch_id=sw-000",
          "&&switch_id=sw-000&&metric=latency_us&",
          "switch_id=sw-000&metric=latency_us&_unknown=1&_unknown=2",
          "switch_id=leaf+1%2F%C3%A9%2B&metric=latency_us",
        ]
      ) assertEquals((await get(query)).status, 200, query);
    },

    "%2C is a comma within a name in GetMetric, lists and their next page": async () => {
      const one = await get("switch_id=1%2C5+m&metric=latency_us");
      assertEquals([one.status, one.json().value], [200, 5.5]);
      const list = (query: string) => request(server, `/telemetry/ListMetrics?${query}`);
      const both = await list("switch_id=1%2C5%20m,sw-000&fields=latency_us&limit=1");
      assertEquals(both.json().items, [{ switch_id: "sw-000", latency_us: 1.5 }]);
      const [, next] = /^<(.+)>; rel="next"$/.exec(both.headers.get("link") ?? "")!;
      const rest = await request(server, next);
      assertEquals(rest.json().items, [{ switch_id: "1,5 m", latency_us: 5.5 }]);
      const csv = await list("switch_id=1%2C5%20m&format=csv&fields=latency_us");
      assertEquals(csv.text, 'switch_id,latency_us\n"1,5 m",5.5\n');
      assertEquals(brief(await list("switch_id=sw-000%2C1")), [404, "unknown-switch"]);
    },

    "GetMetric names the missing, repeated or broken parameter": async () => {
      const rows: [string, string, string][] = [
        ["", "missing-parameter", "switch_id"],
        ["switch_id=sw-000", "missing-parameter", "metric"],
        ["metric=latency_us", "missing-parameter", "switch_id"],
        ["switch_id=&metric=latency_us", "missing-parameter", "switch_id"],
        ["switch_id&metric", "missing-parameter", "switch_id"],
        ["switch_id=sw-000;metric=latency_us", "missing-parameter", "metric"],
        ["switch_id=sw-000&switch_id=sw-000&metric=a", "repeated-parameter", "switch_id"],
        ["switch_id=sw-000&metric=a&%6Detric=b", "repeated-parameter", "metric"],
        ["switch_id=%&metric=latency_us", "broken-parameter", "switch_id"],
        ["switch_id=%zz&metric=latency_us", "broken-parameter", "switch_id"],
        ["switch_id=sw-000&metric=%E0%A4%A", "broken-parameter", "metric"],
        ["switch_id=%FF&metric=latency_us", "broken-parameter", "switch_id"],
        ["switch_id=%C0%AF&metric=latency_us", "broken-parameter", "switch_id"],
        ["switch_id=sw-000&metric=a&max_age_ms=%9", "broken-parameter", "max_age_ms"],
        ["switch_id=sw-000&metric=a&max_age_ms=1&max_age_ms=1", "repeated-parameter", "max_age_ms"],
      ];
      for (const [query, slug, parameter] of rows) {
        const answer = await get(query);
        assertEquals(brief(answer), [400, slug], query);
        assertEquals(answer.json().parameter, parameter, query);
        assertMatch(answer.json().detail, new RegExp(`^Parameter ${parameter} is .*, e\\.g\\. /`));
      }
    },

    "GetMetric names an unknown parameter and the nearest known one": async () => {
      const answer = await get("Switch_ID=sw-000&metric=latency_us");
      assertEquals(brief(answer), [400, "unknown-parameter"]);
      assertMatch(answer.json().detail, /^No parameter Switch_ID: .* did you mean switch_id\?$/);
    },

    "max_age_ms accepts only whole milliseconds": async () => {
      for (const value of ["", "-1", "1.5", "1e3", "0x10", "%201", "abc", "9".repeat(16)]) {
        const answer = await get(`switch_id=sw-000&metric=latency_us&max_age_ms=${value}`);
        assertEquals(brief(answer), [400, "bad-parameter"], value);
        const list = await request(server, `/telemetry/ListMetrics?max_age_ms=${value}`);
        assertEquals(brief(list), [400, "bad-parameter"], value);
      }
      const known = await get("switch_id=sw-000&metric=latency_us&max_age_ms=999999999999999");
      assertEquals(known.status, 200);
    },

    "an unknown name is quoted in the response, a long one truncated": async () => {
      const answer = await get(`switch_id=${"s".repeat(500)}&metric=latency_us`);
      assertEquals(brief(answer), [404, "unknown-switch"]);
      assertEquals(answer.json().switch_id, `${"s".repeat(128)}…`);
      const script = await getMetric(server, "<script>\u0000\n", "latency_us");
      assertEquals(script.json().switch_id, "<script>\\u{0}\\u{a}");
    },

    "a query over 8192 characters is refused with 414": async () => {
      const rest = "switch_id=sw-000&metric=latency_us&_=";
      const longest = rest + "x".repeat(QUERY_CHARS_MAX - rest.length);
      assertEquals(brief(await get(longest)), [200, null]);
      assertEquals(brief(await get(`${longest}x`)), [414, "query-too-long"]);
      const whole = rest + "x".repeat(CHARS_ACCEPTED);
      assertEquals(brief(await get(whole)), [414, "query-too-long"]);
    },

    "a target too long for the HTTP stack is refused, the next request is served": async () => {
      for (const chars of [CHARS_REFUSED, 200_000, 1_000_000]) {
        const answer = await get(`switch_id=${"x".repeat(chars)}`);
        assertEquals(answer.status >= 400 && answer.status < 500, true, `${answer.status}`);
        assertEquals(answer.headers.get("connection"), "close");
      }
      assertEquals((await listMetrics(server)).status, 200);
    },
  });
});
