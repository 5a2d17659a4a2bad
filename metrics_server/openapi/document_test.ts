import { assert, assertEquals } from "@std/assert";
import { PROBLEM_TYPE_PREFIX } from "../../platform/mod.ts";
import { PATHS, PROBLEM_TYPES } from "../serve/mod.ts";
import { OPENAPI_PATH, openApiDocument } from "./document.ts";

const document = openApiDocument();

/** Everything in the document that has this key. */
function found(key: string, value: unknown = document): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Object.hasOwn(value, key) ? [(value as Record<string, unknown>)[key]] : [];
  return [...own, ...Object.values(value).flatMap((inner) => found(key, inner))];
}

Deno.test("the document has every route that is served", () => {
  assertEquals(Object.keys(document.paths), [...PATHS.keys(), "/", OPENAPI_PATH]);
});

Deno.test("every reference of the document leads somewhere", () => {
  const references = found("$ref").filter((value) => typeof value === "string");
  assert(references.length > 100);
  for (const reference of references) {
    const target = reference.split("/").slice(1)
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], document);
    assert(target !== undefined, reference);
  }
});

Deno.test("every kind of problem is an answer of some route, but for a path that is no route", () => {
  const used = JSON.stringify([document.paths, document.components.responses]);
  const unused = Object.keys(PROBLEM_TYPES).filter((slug) => {
    const type = PROBLEM_TYPE_PREFIX + slug;
    const name = Object.entries(document.components.schemas)
      .find(([, schema]) => JSON.stringify(schema).includes(`"${type}"`))?.[0];
    return !used.includes(`"#/components/schemas/${name}"`);
  });
  assertEquals(unused, ["unknown-path"]);
});

Deno.test("operations have names of their own, and all of them and their parameters are described", () => {
  for (const [path, { get }] of Object.entries(document.paths)) {
    assert(get.summary.length > 0, path);
    for (const { name, description } of get.parameters ?? []) assert(description, name);
  }
  const ids = found("operationId");
  assertEquals(new Set(ids).size, Object.keys(document.paths).length);
});
