import { assertEquals, assertRejects } from "@std/assert";
import type { LoadResult } from "../../tools/http/mod.ts";
import { findWrk, measuredByOwn, measuredByWrk, startOwnEngine } from "./load_engines.ts";

const RESULT: LoadResult = {
  window_ms: 1_000,
  responses: 3,
  rate_per_s: 3,
  latency: {
    count: 3,
    min_ms: 1,
    mean_ms: 2,
    p50_ms: 2,
    p90_ms: 2.8,
    p95_ms: 2.9,
    p99_ms: 2.98,
    p999_ms: 3,
    max_ms: 3,
  },
  slow: 1,
  statuses: { 200: 2, 503: 1 },
  non_2xx: 1,
  checks_failed: 1,
  errors: { reset: 2 },
  errors_total: 2,
  reconnects: 2,
  body_bytes: 9,
  dropped: 4,
  lag: null,
};

Deno.test("the own engine counts errors, unexpected statuses and dropped starts as bad", () => {
  const { bad, bad_detail, rate_per_s, p95_ms, lag_p99_ms } = measuredByOwn(RESULT);
  assertEquals({ bad, bad_detail, rate_per_s, p95_ms, lag_p99_ms }, {
    bad: 7,
    bad_detail: "reset 2, unexpected_status 1, dropped 4",
    rate_per_s: 3,
    p95_ms: 2.9,
    lag_p99_ms: null,
  });
});

Deno.test("the own engine reports NaN percentiles without responses", () => {
  const latency = { ...RESULT.latency, count: 0, p50_ms: null, p95_ms: null };
  const measured = measuredByOwn({ ...RESULT, latency, lag: { ...RESULT.latency, p99_ms: 0.4 } });
  assertEquals([measured.p50_ms, measured.p95_ms, measured.lag_p99_ms], [NaN, NaN, 0.4]);
});

Deno.test("wrk's summary is mapped to milliseconds and a rate", () => {
  const errors = { connect: 0, read: 1, write: 0, timeout: 2, status: 0 };
  const summary = { requests: 300, duration_us: 2e6, p50_us: 900, p95_us: 1_250, p99_us: 2_000 };
  assertEquals(measuredByWrk({ ...summary, max_us: 9_000, errors }), {
    rate_per_s: 150,
    responses: 300,
    p50_ms: 0.9,
    p95_ms: 1.25,
    p99_ms: 2,
    max_ms: 9,
    bad: 3,
    bad_detail: "read 1, timeout 2",
    lag_p99_ms: null,
  });
});

Deno.test("the own engine runs order after order in its own process", async () => {
  const seen = new Map<string, string | null>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    seen.set(new URL(request.url).pathname, request.headers.get("if-none-match"));
    return new Response("hi", { status: 202 });
  });
  await using engine = startOwnEngine();
  const order = {
    port: server.addr.port,
    connections: 4,
    requests: [{ path: "/a" }, {
      path: "/b",
      headers: [["If-None-Match", '"x"'] as [string, string]],
    }],
    warmup_ms: 10,
    duration_ms: 100,
    expect_status: 202,
  };
  const closed = await engine.run(order);
  assertEquals([closed.bad, closed.lag_p99_ms, closed.responses > 4], [0, null, true]);
  assertEquals([...seen].sort(), [["/a", null], ["/b", '"x"']]);
  const open = await engine.run({ ...order, rate_per_s: 500, expect_status: 200 });
  assertEquals([open.responses, open.bad, open.bad_detail], [50, 50, "unexpected_status 50"]);
});

Deno.test("the own engine loads two servers at the same time and counts slow answers", async () => {
  let open = 0, open_most = 0;
  const serve = (wait_ms: number) =>
    Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async () => {
      open_most = Math.max(open_most, ++open);
      await new Promise((resolve) => setTimeout(resolve, wait_ms));
      open--;
      return new Response("hi");
    });
  await using slow = serve(20);
  await using fast = serve(0);
  await using engine = startOwnEngine();
  const order = { connections: 1, requests: [{ path: "/" }], warmup_ms: 0, duration_ms: 200 };
  const measured = await engine.runTogether(
    [slow, fast].map(({ addr }) => (
      { ...order, port: addr.port, slow_ms: 15, expect_status: 200 }
    )),
  );
  assertEquals(measured[0].slow, measured[0].responses);
  assertEquals(measured[1].responses > measured[0].responses, true);
  assertEquals(open_most, 2);
});

const wrk = await findWrk();

Deno.test("wrk, if installed, requests every path and prints a summary", {
  ignore: wrk === null,
}, async () => {
  const seen = new Map<string, string | null>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    seen.set(new URL(request.url).pathname, request.headers.get("if-none-match"));
    return new Response("hi");
  });
  const headers: [string, string][] = [["If-None-Match", 'W/"a: b"']];
  const measured = await wrk!.run({
    port: server.addr.port,
    connections: 4,
    requests: [{ path: "/a", headers }, { path: "/b", headers }],
    warmup_ms: 0,
    duration_ms: 1_000,
    expect_status: 200,
  });
  assertEquals([...seen].sort(), [["/a", 'W/"a: b"'], ["/b", 'W/"a: b"']]);
  assertEquals([measured.bad, measured.responses > 100], [0, true]);
});

Deno.test(
  "wrk refuses an open loop instead of running a closed one",
  { ignore: wrk === null },
  async () => {
    const order = { port: 1, connections: 1, requests: [], warmup_ms: 0, duration_ms: 1 };
    await assertRejects(
      () => wrk!.run({ ...order, rate_per_s: 10, expect_status: 200 }),
      TypeError,
      "use the own client",
    );
  },
);
