import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COLUMNS, terminalPicture } from "./terminal_picture.ts";

function rows(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, text]) => text);
}

Deno.test("terminalPicture draws each line, comments and commands in their styles", () => {
  const svg = terminalPicture(["# why", "$ curl 'a&b'", '{"a":"<"}', ""], 'A "title"');
  assertEquals(rows(svg), ["# why", "$ curl 'a&amp;b'", "{&quot;a&quot;:&quot;&lt;&quot;}", ""]);
  assertEquals([...svg.matchAll(/class="(\w+)"/g)].map(([, name]) => name), ["comment", "command"]);
  assertStringIncludes(svg, "<title>A &quot;title&quot;</title>");
});

Deno.test("terminalPicture wraps what is longer than a line and grows with it", () => {
  const height = (svg: string) => Number(/height="(\d+)"/.exec(svg)?.[1]);
  const one = terminalPicture(["x".repeat(COLUMNS)], "");
  const two = terminalPicture(["x".repeat(COLUMNS + 1)], "");
  assertEquals([rows(one).length, rows(two).length], [1, 2]);
  assert(height(two) > height(one));
});
