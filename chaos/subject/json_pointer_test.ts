import { assertEquals } from "@std/assert";
import { numberAt, parseKeepingDigits, textAt, valueAt } from "./json_pointer.ts";

const JSON_TEXT = '{"a":[{"x/y":9007199254740993}],"m~n":"text","z":null,"":1.50}';
const ROOT = parseKeepingDigits(JSON_TEXT);

Deno.test("textAt gives a number's own digits, beyond what a double can tell apart", () => {
  assertEquals(textAt(ROOT, "/a/0/x~1y"), "9007199254740993");
  assertEquals(textAt(ROOT, "/"), "1.50");
});

Deno.test("pointers escape / and ~, and an empty one is the whole", () => {
  assertEquals(textAt(ROOT, "/m~0n"), "text");
  assertEquals(valueAt(ROOT, ""), ROOT);
});

Deno.test("what is not there, null or no text is null", () => {
  for (const pointer of ["/b", "/a/1", "/a/0/x~1y/z", "/z", "/a", "/toString", null]) {
    assertEquals(textAt(ROOT, pointer), null, `${pointer}`);
  }
  assertEquals([numberAt(ROOT, "/"), numberAt(ROOT, "/m~0n")], [1.5, null]);
  assertEquals(valueAt(ROOT, "/toString"), undefined);
});
