import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COLUMNS, terminalPicture } from "./terminal_picture.ts";

function rows(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, text]) => text);
}

Deno.test("terminalPicture draws each line, comments and commands in their styles", () => {
  const svg = terminalPicture(["# why", "$ curl 'a&b'", '{"a":"<"}', ""], 'A "title"');
  assertEquals(rows(svg), [
    "# why",
    "$ curl &#39;a&#38;b&#39;",
    "{&#34;a&#34;:&#34;&#60;&#34;}",
    "",
  ]);
  assertEquals([...svg.matchAll(/class="(\w+)"/g)].map(([, name]) => name), ["comment", "command"]);
  assertStringIncludes(svg, "<title>A &#34;title&#34;</title>");
});

Deno.test("terminalPicture wraps what is longer than a line and grows with it", () => {
  const height = (svg: string) => Number(/height="(\d+)"/.exec(svg)?.[1]);
  const one = terminalPicture(["x".repeat(COLUMNS)], "");
  const two = terminalPicture(["x".repeat(COLUMNS + 1)], "");
  assertEquals([rows(one).length, rows(two).length], [1, 2]);
  assert(height(two) > height(one));
});
