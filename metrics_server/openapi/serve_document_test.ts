import { assert, assertEquals } from "@std/assert";
import { createOpenApi, documentText } from "./serve_document.ts";

const URL = "http://localhost:8080/openapi.json";
const openApi = createOpenApi();

function ask(init?: RequestInit): Response | Promise<Response> {
  const answer = openApi(new Request(URL, init), "/openapi.json");
  assert(answer !== null);
  return answer;
}

Deno.test("/openapi.json is the document, with an ETag that gets a 304", async () => {
  const answer = await ask();
  assertEquals([answer.status, answer.headers.get("content-type")], [200, "application/json"]);
  const text = await answer.text();
  assertEquals(text, documentText());
  assertEquals(answer.headers.get("content-length"), `${new TextEncoder().encode(text).length}`);
  const etag = answer.headers.get("etag")!;
  for (const method of ["GET", "HEAD"]) {
    const known = await ask({ method, headers: { "if-none-match": etag } });
    assertEquals([known.status, known.body, known.headers.get("etag")], [304, null, etag]);
  }
});

Deno.test("HEAD of /openapi.json has the length, other methods are refused", async () => {
  const head = await ask({ method: "HEAD" });
  assertEquals([head.status, head.body], [200, null]);
  assert(Number(head.headers.get("content-length")) > 1000);
  const posted = await ask({ method: "POST" });
  assertEquals([posted.status, posted.headers.get("allow")], [405, "GET, HEAD"]);
});

Deno.test("other paths are not the document's", () => {
  for (const path of ["/openapi.json/", "/openapi", "/openapi.yaml"]) {
    assertEquals(openApi(new Request(URL), path), null);
  }
});
