import { assertEquals } from "@std/assert";
import { badRow, badRowAt, ParseError } from "./rejection.ts";
import { bytesOf } from "../testing/bodies.ts";

Deno.test("badRow shows a row's beginning, without its line end", () => {
  const bytes = bytesOf(`sw-0,1\r\nsw-1,${"x".repeat(200)}\n`);
  assertEquals(badRow(bytes, 0, 8, 2, "why"), { line: 2, reason: "why", text: "sw-0,1" });
  assertEquals(badRow(bytes, 8, bytes.length, 3, "why").text, `sw-1,${"x".repeat(75)}`);
});

Deno.test("badRowAt counts the lines before the row and finds its end", () => {
  const bytes = bytesOf("switch_id,a\n,1\n,2, not part of the body");
  assertEquals(badRowAt(bytes, 17, 12, "no id"), { line: 2, reason: "no id", text: ",1" });
  assertEquals(badRowAt(bytes, 17, 15, "no id"), { line: 3, reason: "no id", text: ",2" });
});

Deno.test("bad rows and errors escape the control characters of a source", () => {
  const bytes = bytesOf("sw-0,\x1b[2J\u009b\n");
  assertEquals(badRow(bytes, 0, bytes.length, 2, "why").text, "sw-0,\\u{1b}[2J\\u{9b}");
  assertEquals(new ParseError("no_id_column", "a\x7f").message, "a\\u{7f}");
});
