import { assertEquals } from "@std/assert";
import { CSV, FilledStore, TestServer } from "../testing/test_server.ts";
import { Cors } from "./cors.ts";
import { newToken, parseTokens, Tokens } from "./tokens.ts";

const VALUE = "/telemetry/GetMetric?switch_id=sw-000&metric=bandwidth_gbps";
const TELEMETRY = [VALUE, "/telemetry/ListMetrics", "/stats", "/telemetry/stream", "/", "/nowhere"];
const PAGE = "https://grafana.example";

async function guardedServer({ needs_token_for_metrics = true, cors = null as Cors | null } = {}) {
  const { line, token } = await newToken("grafana");
  const guard = { tokens: new Tokens(parseTokens(line)), cors, needs_token_for_metrics };
  const { store } = new FilledStore().take(CSV, "boot-1", 999_180);
  return {
    server: new TestServer(store, { guard }),
    headers: { authorization: `Bearer ${token}` },
  };
}

Deno.test("With tokens, every route but health is 401 without one, before and after one read it", async () => {
  const { server, headers } = await guardedServer();
  for (const _ of ["computed", "cached"]) {
    for (const target of [...TELEMETRY, "/metrics", "/metrics/fabric", "/openapi.json"]) {
      for (const authorization of [undefined, "Bearer no", "Basic bm86bm8="]) {
        const answer = await server.request(target, {
          headers: authorization === undefined ? {} : { authorization },
        });
        assertEquals(answer.status, 401, `${target} ${authorization}`);
        assertEquals(answer.headers.get("www-authenticate")?.startsWith("Basic realm="), true);
      }
    }
    for (const target of ["/healthz", "/readyz"]) {
      assertEquals((await server.request(target)).status, 200);
    }
    for (const target of [VALUE, "/telemetry/ListMetrics", "/metrics"]) {
      assertEquals((await server.request(target, { headers })).status, 200, target);
    }
  }
});

Deno.test("A request without a token is counted and logged with its route", async () => {
  const { server } = await guardedServer();
  await server.request(VALUE);
  const { endpoint, status } = server.access[0];
  assertEquals([endpoint, status], ["GetMetric", 401]);
});

Deno.test("AUTH_METRICS=off opens /metrics, not the telemetry of /metrics/fabric", async () => {
  const { server } = await guardedServer({ needs_token_for_metrics: false });
  const status = async (target: string) => (await server.request(target)).status;
  assertEquals([await status("/metrics"), await status("/metrics/fabric")], [200, 401]);
});

Deno.test("No Host or path makes a request open that is not", async () => {
  const { server } = await guardedServer();
  for (const target of ["/healthz/../stats", "//healthz", "/stats?/healthz", "/stats#/healthz"]) {
    assertEquals((await server.request(target)).status === 200, false, target);
  }
  const headers = { host: "localhost/healthz?" };
  const answer = await server.request("/stats", { headers }, "http://localhost/healthz?");
  assertEquals(answer.status, 400);
});

Deno.test("A preflight needs no token, and 401 can be read by an allowed page", async () => {
  const { server } = await guardedServer({ cors: new Cors(PAGE) });
  const asks = { origin: PAGE, "access-control-request-method": "GET" };
  const preflight = await server.request(VALUE, { method: "OPTIONS", headers: asks });
  assertEquals(preflight.status, 204);
  for (const answer of [preflight, await server.request(VALUE, { headers: { origin: PAGE } })]) {
    assertEquals(answer.headers.get("access-control-allow-origin"), PAGE);
    assertEquals(answer.headers.get("vary"), "origin");
  }
  const other = await server.request(VALUE, {
    method: "OPTIONS",
    headers: { ...asks, origin: "http://a" },
  });
  assertEquals([other.status, other.headers.has("access-control-allow-origin")], [401, false]);
});
