import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { freePort } from "../processes/mod.ts";
import { within } from "../verdict/mod.ts";
import { runClosedLoop } from "./closed_loop.ts";
import type { LoadPlan } from "./load.ts";
import { buildRequest } from "./request.ts";
import { monotonicNow, tcpDial } from "./connection.ts";
import type { LoadResult } from "./load.ts";

const HOST = "127.0.0.1";

/** Loads a local server by a clock that advances 1 ms with each request: no machine is too slow. */
async function load(
  handler: (request: Request, now_ms: number) => Response | Promise<Response>,
  plan: Partial<LoadPlan> & { paths?: string[] } = {},
): Promise<LoadResult> {
  let now_ms = 0;
  await using server = Deno.serve(
    { hostname: HOST, port: 0, onListen() {} },
    (request) => handler(request, now_ms++),
  );
  const targets = (plan.paths ?? ["/"]).map((path) => buildRequest({ host: HOST, path }));
  return await runClosedLoop(
    { targets, connections: 4, warmup_ms: 20, duration_ms: 150, ...plan },
    { dial: tcpDial(HOST, server.addr.port), now: () => now_ms },
  );
}

Deno.test("runClosedLoop() counts every response, without errors", async () => {
  let served = 0;
  const result = await load(() => {
    served++;
    return new Response("hello");
  });
  assert(result.responses > 4, `${result.responses} responses`);
  assert(result.responses <= served, `${result.responses} of ${served}`);
  assertEquals([result.errors, result.errors_total, result.checks_failed], [{}, 0, 0]);
  assertEquals(result.statuses, { 200: result.responses });
  assertEquals(result.body_bytes, result.responses * 5);
  assertEquals(result.latency.count, result.responses);
  assertAlmostEquals(result.rate_per_s, result.responses / 0.15, 1e-6);
  assertEquals([result.reconnects, result.dropped, result.lag], [0, 0, null]);
});

Deno.test("runClosedLoop() keeps one request outstanding on each connection", async () => {
  let active = 0, active_max = 0;
  const all_active = Promise.withResolvers<void>();
  const result = await load(async () => {
    active_max = Math.max(active_max, ++active);
    if (active === 7) all_active.resolve();
    await all_active.promise;
    active--;
    return new Response();
  }, { connections: 7, warmup_ms: 0 });
  assertEquals(active_max, 7);
  // The clock has counted the requests of the other connections, too.
  assertEquals(result.latency.max_ms! >= 7, true, `${result.latency.max_ms} ms`);
});

Deno.test("runClosedLoop() rotates its targets evenly", async () => {
  const seen = new Map<string, number>();
  await load((request) => {
    const { pathname } = new URL(request.url);
    seen.set(pathname, (seen.get(pathname) ?? 0) + 1);
    return new Response();
  }, { paths: ["/a", "/b", "/c"] });
  const counts = [...seen.values()];
  assertEquals([...seen.keys()].sort(), ["/a", "/b", "/c"]);
  assert(Math.max(...counts) - Math.min(...counts) <= 1, String(counts));
});

Deno.test("runClosedLoop() counts non-2xx responses and failed checks separately", async () => {
  let turn = 0;
  const result = await load(
    () => new Response(null, { status: [200, 204, 304, 503][turn++ % 4] }),
    { check: (status) => status === 304 || status === 200 },
  );
  const { statuses } = result;
  assertEquals(Object.keys(statuses), ["200", "204", "304", "503"]);
  assertEquals(result.non_2xx, statuses[304] + statuses[503]);
  assertEquals(result.checks_failed, statuses[204] + statuses[503]);
});

Deno.test("runClosedLoop() does not measure its warm-up", async () => {
  const result = await load(
    (_, now_ms) => new Response(null, { status: now_ms < 50 ? 503 : 200 }),
    { warmup_ms: 60, duration_ms: 50 },
  );
  assertEquals([Object.keys(result.statuses), result.checks_failed], [["200"], 0]);
});

Deno.test("runClosedLoop() passes the target's index to its check", async () => {
  const result = await load(
    (request) => new Response(null, { status: request.url.endsWith("/a") ? 200 : 404 }),
    { paths: ["/a", "/b"], check: (status, target) => status === [200, 404][target] },
  );
  assertEquals(result.checks_failed, 0);
});

Deno.test("runClosedLoop() reopens a connection the server closes, without an error", async () => {
  const result = await load(() => new Response("", { headers: { connection: "close" } }), {
    duration_ms: 50,
  });
  assert(result.reconnects >= result.responses - 4 && result.responses > 4, `${result.reconnects}`);
  assertEquals(result.errors_total, 0);
});

Deno.test("runClosedLoop() reads chunked bodies", async () => {
  const result = await load(() => new Response(ReadableStream.from([bytes("ab"), bytes("cde")])));
  assert(result.responses > 0);
  assertEquals([result.body_bytes, result.errors_total], [result.responses * 5, 0]);
});

Deno.test("runClosedLoop() counts refused connects and pauses between attempts", async () => {
  const port = freePort();
  const result = await runClosedLoop({
    targets: [buildRequest({ host: HOST, path: "/" })],
    connections: 2,
    warmup_ms: 0,
    duration_ms: 100,
  }, { dial: tcpDial(HOST, port), now: monotonicNow });
  assertEquals([result.responses, result.latency.p50_ms], [0, null]);
  assertEquals(Object.keys(result.errors), ["connect_refused"]);
  // Pauses of 10, 20, 40, … ms: 1 to 5 attempts per connection in 100 ms.
  assert(result.errors_total >= 2 && result.errors_total <= 12, `${result.errors_total} errors`);
});

Deno.test("runClosedLoop() ends in time if the server never responds", async () => {
  await using server = Deno.serve(
    { hostname: HOST, port: 0, onListen() {} },
    ({ signal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve(new Response()));
      }),
  );
  const targets = [buildRequest({ host: HOST, path: "/" })];
  const loading = runClosedLoop(
    { targets, connections: 4, warmup_ms: 20, duration_ms: 60, response_timeout_ms: 30 },
    { dial: tcpDial(HOST, server.addr.port), now: monotonicNow },
  );
  const result = await within("the end of the load", loading);
  assert(result.errors.timeout! >= 4, JSON.stringify(result.errors));
  assertEquals([Object.keys(result.errors), result.responses], [["timeout"], 0]);
});

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
