import { assertEquals } from "@std/assert";
import { STATUS_TEXT } from "./status_text.ts";

Deno.test("STATUS_TEXT names 62 codes from 100 to 511", () => {
  const codes = Object.keys(STATUS_TEXT).map(Number);
  assertEquals([codes.length, codes.at(0), codes.at(-1)], [62, 100, 511]);
});

Deno.test("STATUS_TEXT names a code in words", () => {
  assertEquals(STATUS_TEXT[304], "Not Modified");
  assertEquals(STATUS_TEXT[418], "I'm a teapot");
  assertEquals(STATUS_TEXT[503], "Service Unavailable");
});
