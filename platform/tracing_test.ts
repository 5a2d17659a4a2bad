import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  type AnswerTrace,
  type Attributes,
  denoTracing,
  type Span,
  traceRequests,
  type Tracing,
} from "./tracing.ts";

const REQUEST = new Request("http://localhost/stats?x=1", { method: "HEAD" });
const NOTHING: AnswerTrace = { route: null, snapshot_id: null, age_ms: NaN };

/** Answers once under a span; returns the name and attributes it was given. */
async function traced(
  described: AnswerTrace,
  answer: Response | Promise<Response> = new Response(),
): Promise<{ name: string | null; attributes: Attributes }> {
  const given = { name: null as string | null, attributes: {} };
  const span: Span = {
    updateName: (name) => given.name = name,
    setAttributes: (attributes) => given.attributes = attributes,
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
  return given;
}

Deno.test("traceRequests() names the span by method and route, and adds snapshot and age", async () => {
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

Deno.test("traceRequests() adds nothing to an answer without route and data", async () => {
  assertEquals(await traced(NOTHING), { name: null, attributes: {} });
});

Deno.test("traceRequests() only answers when no span is active", async () => {
  const tracing = { active: () => undefined } as unknown as Tracing;
  const answer = new Response();
  const handler = traceRequests(tracing, () => answer, () => {
    throw new Error("described without a span");
  });
  assertStrictEquals(await handler(REQUEST), answer);
});

Deno.test("denoTracing() is null without OTEL_DENO", () => {
  assertEquals(denoTracing("test"), null);
});
