import { assertEquals } from "@std/assert";
import { Query, withParameter } from "./query.ts";

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

for (
  const [text, items] of [
    ["a=x,y", ["x", "y"]],
    ["a=x%2Cy", ["x,y"]],
    ["a=x%2cy,z", ["x,y", "z"]],
    ["a=x%252Cy", ["x%2Cy"]],
    ["a=%2C", [","]],
    ["a=,", ["", ""]],
    ["a=x,,y", ["x", "", "y"]],
    ["a=", [""]],
    ["a", [""]],
    ["a=x+1%2C+2,%2B", ["x 1, 2", "+"]],
    ["a=x%26b%3D1,y", ["x&b=1", "y"]],
    ["%61=%E2%82%AC%2C,%E2%82%AC", ["€,", "€"]],
    ["b=x", null],
  ] as const
) {
  Deno.test(`Query("${text}").list("a") is ${JSON.stringify(items)}`, () => {
    assertEquals<unknown>(new Query(text).list("a"), items);
  });
}

Deno.test("withParameter replaces one parameter and leaves the others as sent", () => {
  for (
    const [query, changed] of [
      ["", "c=1"],
      ["a=x%2Cy,z+1&b=%2A", "a=x%2Cy,z+1&b=%2A&c=1"],
      ["c=0&a=1&&%63=2&b", "a=1&b&c=1"],
      ["%zz=1", "%zz=1&c=1"],
    ]
  ) assertEquals(withParameter(query, "c", "1"), changed);
});
