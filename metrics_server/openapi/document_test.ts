import { assert, assertEquals } from "@std/assert";
import { PROBLEM_TYPE_PREFIX } from "../../platform/mod.ts";
import { PATHS, PROBLEM_TYPES } from "../serve/mod.ts";
import { createOpenApi, documentText, OPENAPI_PATH, openApiDocument } from "./document.ts";

const document = openApiDocument();

/** All values of this key in the document. */
function found(key: string, value: unknown = document): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Object.hasOwn(value, key) ? [(value as Record<string, unknown>)[key]] : [];
  return [...own, ...Object.values(value).flatMap((inner) => found(key, inner))];
}

Deno.test("the document has every served route", () => {
  assertEquals(Object.keys(document.paths), [...PATHS.keys(), "/", OPENAPI_PATH]);
});

Deno.test("every reference of the document resolves", () => {
  const references = found("$ref").filter((value) => typeof value === "string");
  assert(references.length > 100);
  for (const reference of references) {
    const target = reference.split("/").slice(1)
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], document);
    assert(target !== undefined, reference);
  }
});

Deno.test("every kind of problem except unknown-path is a response of a route", () => {
  const used = JSON.stringify([document.paths, document.components.responses]);
  const unused = Object.keys(PROBLEM_TYPES).filter((slug) => {
    const type = PROBLEM_TYPE_PREFIX + slug;
    const name = Object.entries(document.components.schemas)
      .find(([, schema]) => JSON.stringify(schema).includes(`"${type}"`))?.[0];
    return !used.includes(`"#/components/schemas/${name}"`);
  });
  assertEquals(unused, ["unknown-path"]);
});

Deno.test("operations have unique names, and all parameters are described", () => {
  for (const [path, { get }] of Object.entries(document.paths)) {
    assert(get.summary.length > 0, path);
    for (const { name, description } of get.parameters ?? []) assert(description, name);
  }
  const ids = found("operationId");
  assertEquals(new Set(ids).size, Object.keys(document.paths).length);
});

const URL = "http://localhost:8080/openapi.json";
const openApi = createOpenApi();

function send(init?: RequestInit): Response | Promise<Response> {
  const answer = openApi(new Request(URL, init), "/openapi.json");
  assert(answer !== null);
  return answer;
}

Deno.test("/openapi.json serves the document with an ETag for 304", async () => {
  const answer = await send();
  assertEquals([answer.status, answer.headers.get("content-type")], [200, "application/json"]);
  const text = await answer.text();
  assertEquals(text, documentText());
  assertEquals(answer.headers.get("content-length"), `${new TextEncoder().encode(text).length}`);
  const etag = answer.headers.get("etag")!;
  for (const method of ["GET", "HEAD"]) {
    const known = await send({ method, headers: { "if-none-match": etag } });
    assertEquals([known.status, known.body, known.headers.get("etag")], [304, null, etag]);
  }
});

Deno.test("HEAD of /openapi.json has the length; other methods are refused", async () => {
  const head = await send({ method: "HEAD" });
  assertEquals([head.status, head.body], [200, null]);
  assert(Number(head.headers.get("content-length")) > 1000);
  const posted = await send({ method: "POST" });
  assertEquals([posted.status, posted.headers.get("allow")], [405, "GET, HEAD"]);
});

Deno.test("the route ignores other paths", () => {
  for (const path of ["/openapi.json/", "/openapi", "/openapi.yaml"]) {
    assertEquals(openApi(new Request(URL), path), null);
  }
});
