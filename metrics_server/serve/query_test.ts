import { assertEquals } from "@std/assert";
import { Query } from "./query.ts";

for (
  const [text, value] of [
    ["a=1", "1"],
    ["b=2&a=1&c", "1"],
    ["a=x+y", "x y"],
    ["a=x%2By", "x+y"],
    ["a=%E2%82%AC", "€"],
    ["%61=1", "1"],
    ["a=b=c", "b=c"],
    ["&&a=1&", "1"],
    ["=x&a=1", "1"],
    ["A=2&a=1", "1"],
    ["", { parameter: "a", reason: "missing" }],
    ["b=1", { parameter: "a", reason: "missing" }],
    ["a", { parameter: "a", reason: "missing" }],
    ["a=", { parameter: "a", reason: "missing" }],
    ["a=1&a=1", { parameter: "a", reason: "repeated" }],
    ["a=%zz&a=1", { parameter: "a", reason: "repeated" }],
    ["a=1&%61=2", { parameter: "a", reason: "repeated" }],
    ["a=%", { parameter: "a", reason: "broken" }],
    ["a=%80", { parameter: "a", reason: "broken" }],
  ] as const
) {
  Deno.test(`Query("${text}").required("a") is ${JSON.stringify(value)}`, () => {
    assertEquals(new Query(text).required("a"), value);
  });
}

Deno.test("Query.optional() returns null for an absent and '' for an empty parameter", () => {
  assertEquals(new Query("b=1").optional("a"), null);
  assertEquals(new Query("a=").optional("a"), "");
});
