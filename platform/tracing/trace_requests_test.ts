import { assertEquals, assertStrictEquals } from "@std/assert";
import { type AnswerTrace, traceRequests } from "./trace_requests.ts";
import { denoTracing, type Span, type SpanAttributes, type Tracing } from "./tracing.ts";

const REQUEST = new Request("http://localhost/stats?x=1", { method: "HEAD" });
const NOTHING: AnswerTrace = { route: null, snapshot_id: null, age_ms: NaN };

/** Answers once under a span of its own; gives what the span was told. */
async function traced(
  described: AnswerTrace,
  answer: Response | Promise<Response> = new Response(),
): Promise<{ name: string | null; attributes: SpanAttributes }> {
  const told = { name: null as string | null, attributes: {} };
  const span: Span = {
    updateName: (name) => told.name = name,
    setAttributes: (attributes) => told.attributes = attributes,
    setStatus() {},
    end() {},
  };
  const tracing: Tracing = { startSpan: () => span, within: (_, run) => run(), active: () => span };
  const handler = traceRequests(tracing, () => answer, (request, response) => {
    assertEquals([request, response], [REQUEST, expected]);
    return described;
  });
  const expected = await answer;
  assertStrictEquals(await handler(REQUEST), expected);
  return told;
}

Deno.test("traceRequests() names the span by method and route, and tells snapshot and age", async () => {
  const described = { route: "/stats", snapshot_id: "boot-1", age_ms: 12.4 };
  for (const answer of [new Response(), Promise.resolve(new Response())]) {
    assertEquals(await traced(described, answer), {
      name: "HEAD /stats",
      attributes: {
        "http.route": "/stats",
        "fabric.snapshot.id": "boot-1",
        "fabric.snapshot.age_ms": 12n,
      },
    });
  }
});

Deno.test("traceRequests() leaves out what an answer does not have", async () => {
  assertEquals(await traced(NOTHING), { name: null, attributes: {} });
});

Deno.test("traceRequests() answers as before where no span is active", async () => {
  const tracing = { active: () => undefined } as unknown as Tracing;
  const answer = new Response();
  const handler = traceRequests(tracing, () => answer, () => {
    throw new Error("nobody asked");
  });
  assertStrictEquals(await handler(REQUEST), answer);
});

Deno.test("denoTracing() is null where OTEL_DENO does not ask for it", () => {
  assertEquals(denoTracing("test"), null);
});
