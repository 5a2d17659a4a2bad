import { assertEquals, assertThrows } from "@std/assert";
import { matches, parseSelector, SelectorError } from "./selector.ts";

for (
  const [text, metric, tags] of [
    ["http_reqs", "http_reqs", []],
    ["http_reqs{name:x}", "http_reqs", [["name", "x"]]],
    [" http_reqs { name : x , status:200 } ", "http_reqs", [["name", "x"], ["status", "200"]]],
    ["d{url:http://h:80/p?a=1}", "d", [["url", "http://h:80/p?a=1"]]],
    ["d{group:::main::inner}", "d", [["group", "::main::inner"]]],
    ['d{name:"a,b}"}', "d", [["name", "a,b}"]]],
    ["d{name:'it is: so',x:y}", "d", [["name", "it is: so"], ["x", "y"]]],
    ["d{name:it's,x:y}", "d", [["name", "it's"], ["x", "y"]]],
    ["d{name:}", "d", [["name", ""]]],
  ] as [string, string, [string, string][]][]
) {
  Deno.test(`parseSelector("${text}") reads ${tags.length} tags`, () => {
    assertEquals(parseSelector(text), { metric, tags });
  });
}

for (
  const [text, message] of [
    ["d{", "must end with }, such as d{name:GetMetric}"],
    ["d{a:b", "must end with }, such as d{name:GetMetric}"],
    ["d{a:b}c", "must end with }, such as d{name:GetMetric}"],
    ["d{}", 'tag "" must be name:value'],
    ["d{a}", 'tag "a" must be name:value'],
    ["d{:b}", 'tag ":b" must be name:value'],
    ["d{a:b,}", 'tag "" must be name:value'],
    ['d{a:"b}', 'quote " must be closed'],
  ]
) {
  Deno.test(`parseSelector("${text}") is refused: ${message}`, () => {
    assertThrows(() => parseSelector(text), SelectorError, message);
  });
}

Deno.test("matches() wants every tag, with that very value", () => {
  const selector = parseSelector("d{a:1,b:2}");
  assertEquals(matches(selector, { a: "1", b: "2", c: "3" }), true);
  assertEquals(matches(selector, { a: "1" }), false);
  assertEquals(matches(selector, { a: "1", b: "3" }), false);
  assertEquals(matches(parseSelector("d"), {}), true);
});
