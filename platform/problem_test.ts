import { assertEquals } from "@std/assert";
import { problem } from "./problem.ts";

Deno.test("problem answers application/problem+json with type, title, status and detail", async () => {
  const response = problem({ status: 404, slug: "unknown-switch", detail: "No switch sw-999" });
  assertEquals(response.status, 404);
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertEquals(await response.json(), {
    type: "urn:fabric-telemetry:problem:unknown-switch",
    title: "Not Found",
    status: 404,
    detail: "No switch sw-999",
  });
});

Deno.test("problem titles every status the services use by its standard name", async () => {
  const titles: Record<number, string> = {
    400: "Bad Request",
    405: "Method Not Allowed",
    500: "Internal Server Error",
    503: "Service Unavailable",
    599: "Error",
  };
  for (const [status, title] of Object.entries(titles)) {
    const body = await problem({ status: Number(status), slug: "x", detail: "x" }).json();
    assertEquals(body.title, title);
  }
});

Deno.test("problem carries extensions, which cannot replace standard members", async () => {
  const extensions = { switch_id: "sw-999", status: 200, type: "about:blank" };
  const body = await problem({ status: 404, slug: "x", detail: "x", extensions }).json();
  assertEquals(body.switch_id, "sw-999");
  assertEquals(body.status, 404);
  assertEquals(body.type, "urn:fabric-telemetry:problem:x");
});

Deno.test("problem adds headers but keeps its content type", async () => {
  const headers = { "retry-after": "2", "content-type": "text/html" };
  const response = problem({ status: 503, slug: "x", detail: "x", headers });
  assertEquals(response.headers.get("retry-after"), "2");
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  await response.body?.cancel();
});
