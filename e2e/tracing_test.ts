/** Spans of the services, as an OpenTelemetry receiver gets them. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  fabricSample,
  FakeSource,
  getMetric,
  OtlpReceiver,
  type ReceivedSpan,
  request,
  serve,
  serveSnapshot,
  startDataServer,
  startMetricsServer,
} from "./harness/mod.ts";

const CLIENT = { trace_id: "0af7651916cd43dd8448eb211c80319c", span_id: "b7ad6b7169203331" };
const INTERNAL = 1;
const SERVER = 2;
const FETCH = 3;
const ERROR = 2;

/** The received spans from this span up to its root. */
function chain(spans: readonly ReceivedSpan[], from: ReceivedSpan): ReceivedSpan[] {
  const above = spans.find(({ trace_id, span_id }) =>
    trace_id === from.trace_id && span_id === from.parent_id
  );
  return above === undefined ? [from] : [from, ...chain(spans, above)];
}

function childOf(receiver: OtlpReceiver, parent: ReceivedSpan, name: string) {
  return receiver.wait(
    `${name} of ${parent.name}`,
    (span) =>
      span.name === name && span.parent_id === parent.span_id && span.trace_id === parent.trace_id,
  );
}

/** The services' own attributes, without Deno's. */
function own({ attributes }: ReceivedSpan): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).filter(([name]) => /^(fabric\.|http\.route$)/.test(name)),
  );
}

Deno.test("A trace spans poll and source; requests report route, snapshot and age", async (t) => {
  await using otlp = new OtlpReceiver();
  await using data = await startDataServer({ DATA_INTERVAL_SEC: 600, ...otlp.env("data_server") });
  await using metrics = await startMetricsServer(`${data.url}/counters`, {
    SERVE_THREADS: 2,
    ...otlp.env("metrics_server"),
  });
  const { snapshot_id } = await metrics.log.wait("poll.run");

  await t.step("the source's own span is a child of the poll's, in one trace", async () => {
    for (const status of ["200", "304"]) {
      const served = await otlp.wait(
        `answer ${status} of data_server`,
        (span) =>
          span.service === "data_server" && span.attributes["http.response.status_code"] === status,
      );
      const poll = await otlp.wait(
        "its poll",
        (span) => span.name === "poll" && span.trace_id === served.trace_id,
      );
      assertEquals(
        chain(otlp.spans, served).map(({ service, name, kind }) => [service, name, kind]),
        [
          ["data_server", "GET /counters", SERVER],
          ["metrics_server", "GET", FETCH],
          ["metrics_server", "fetch", INTERNAL],
          ["metrics_server", "poll", INTERNAL],
        ],
      );
      assertEquals(poll.parent_id, "");
      const { "fabric.snapshot.age_ms": age_ms, ...rest } = own(served);
      assertEquals(rest, { "http.route": "/counters", "fabric.snapshot.id": snapshot_id });
      assert(typeof age_ms === "bigint" && age_ms >= 0n, String(age_ms));
    }
  });

  await t.step("a poll contains its phases and reports its result", async () => {
    const poll = await otlp.wait(
      "poll with data",
      ({ name, attributes }) => name === "poll" && attributes["http.response.status_code"] === 200n,
    );
    const { "fabric.poll.parse_ms": parse_ms, ...attributes } = poll.attributes;
    assert(typeof parse_ms === "number" && parse_ms > 0, String(parse_ms));
    assertEquals(attributes, {
      "url.full": `${data.url}/counters`,
      "http.response.status_code": 200n,
      "fabric.snapshot.id": snapshot_id,
      "fabric.snapshot.rows": 64n,
      "fabric.snapshot.bad_rows": 0n,
      "fabric.poll.retries": 0n,
    });
    const [fetch, parse, apply] = await Promise.all(
      ["fetch", "parse", "apply"].map((name) => childOf(otlp, poll, name)),
    );
    const marks = [poll.started_ns, fetch.started_ns, parse.started_ns, apply.started_ns];
    assertEquals(marks, marks.toSorted((a, b) => a < b ? -1 : 1));
    for (const phase of [fetch, parse, apply]) assert(phase.ended_ns <= poll.ended_ns, phase.name);
  });

  await t.step("a request is a child of the client's span", async () => {
    const traceparent = `00-${CLIENT.trace_id}-${CLIENT.span_id}-01`;
    const answer = await getMetric(metrics, "sw-000", "latency_us", { headers: { traceparent } });
    const span = await otlp.wait("its span", ({ trace_id }) => trace_id === CLIENT.trace_id);
    assertEquals([span.name, span.kind, span.parent_id, span.attributes["http.request.method"]], [
      "GET /telemetry/GetMetric",
      SERVER,
      CLIENT.span_id,
      "GET",
    ]);
    assertEquals(own(span), {
      "http.route": "/telemetry/GetMetric",
      "fabric.snapshot.id": snapshot_id,
      "fabric.snapshot.age_ms": BigInt(answer.json().age_ms),
    });
  });

  await t.step("an unknown path has no route", async () => {
    await request(metrics, "/nothing/here");
    const span = await otlp.wait(
      "its span",
      ({ attributes }) => attributes["url.path"] === "/nothing/here",
    );
    assertEquals([span.name, own(span), span.attributes["http.response.status_code"]], [
      "GET",
      {},
      "404",
    ]);
  });
});

Deno.test("A failed poll is a span with its cause, in the failed phase", async (t) => {
  await using otlp = new OtlpReceiver();
  const snapshot_ts = Date.now();
  const good = serveSnapshot(fabricSample(3), { id: "boot1-2", snapshot_ts });
  await using source = new FakeSource(good);
  await using metrics = await startMetricsServer(source.url, otlp.env("metrics_server"));
  await metrics.log.wait("poll.run");

  async function failed(cause: string): Promise<ReceivedSpan> {
    const poll = await otlp.wait(
      `poll that failed: ${cause}`,
      ({ attributes }) => attributes["error.type"] === cause,
    );
    assertEquals([poll.name, poll.status.code], ["poll", ERROR]);
    assertEquals(poll.attributes["fabric.snapshot.id"], "boot1-2");
    return poll;
  }

  await t.step("an error of the source: fetch", async () => {
    source.behavior = serve({ status: 503 });
    const poll = await failed("http_5xx");
    assertEquals(poll.status.message, "source answered 503");
    assertEquals(poll.attributes["http.response.status_code"], 503n);
    assertEquals((await childOf(otlp, poll, "fetch")).status.code, ERROR);
  });

  await t.step("a page instead of data: parse", async () => {
    source.behavior = serve({ body: "<html><body>Login</body></html>" });
    const poll = await failed("html");
    assertEquals((await childOf(otlp, poll, "parse")).status.code, ERROR);
    assertEquals((await childOf(otlp, poll, "fetch")).status.code, 0);
  });

  await t.step("data older than the current snapshot: apply", async () => {
    const marks = { id: "boot1-1", snapshot_ts: snapshot_ts - 1000 };
    source.behavior = serveSnapshot(fabricSample(4), marks);
    const poll = await failed("older_snapshot");
    assertEquals((await childOf(otlp, poll, "apply")).status.code, ERROR);
  });

  await t.step("each request to the source carries the trace of its own poll", () => {
    const traces = source.requests.map(({ headers }) => headers.get("traceparent") ?? "none");
    for (const trace of traces) assertMatch(trace, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assertEquals(new Set(traces.map((trace) => trace.split("-")[1])).size, traces.length);
  });
});

Deno.test("Without OTEL_DENO no span is exported and no trace is sent to the source", async () => {
  await using otlp = new OtlpReceiver();
  await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
  const { OTEL_DENO: _, ...env } = otlp.env("metrics_server");
  {
    await using metrics = await startMetricsServer(source.url, env);
    await metrics.log.wait("poll.run");
    await getMetric(metrics, "sw-000", "latency_us");
    assertEquals((await metrics.stop()).code, 0);
  }
  assertEquals(
    source.requests.map(({ headers }) => headers.get("traceparent")).filter(Boolean),
    [],
  );
  assertEquals(otlp.spans, []);
});
