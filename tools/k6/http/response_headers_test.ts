import { assertEquals } from "@std/assert";
import { readHeaders } from "./response_headers.ts";

const head = (...lines: string[]) => ["HTTP/1.1 200 OK", ...lines, "", ""].join("\r\n");

/** Reads a head in the middle of a buffer. */
function read(...lines: string[]): Record<string, string> {
  const bytes = new TextEncoder().encode(`${"x\n".repeat(5)}${head(...lines)}b: 2\r\nc: 3\r\n`);
  const text = new TextDecoder().decode(bytes.subarray(10));
  return readHeaders(bytes, 10, bytes.length - 12, text);
}

Deno.test("readHeaders is right however similar the previous head was", () => {
  const heads: [lines: string[], headers: Record<string, string>][] = [
    [["a: 1", "b-c: 2"], { A: "1", "B-C": "2" }],
    [["a: 1", "b-c: 2"], { A: "1", "B-C": "2" }],
    [["a: 1", "b-c: 34"], { A: "1", "B-C": "34" }],
    [["a: 1"], { A: "1" }],
    [[], {}],
    [["a: 1", "b-c: 2", "d:5 "], { A: "1", "B-C": "2", D: "5" }],
    [["b-c: 2", "a: 1"], { "B-C": "2", A: "1" }],
    [["a: 1", "a: 2"], { A: "1, 2" }],
    [[], {}],
    [["a: 1", "a: 2"], { A: "1, 2" }],
    [["a: 12", "b: 1"], { A: "12", B: "1" }],
    [["a: 1", "b: 1"], { A: "1", B: "1" }],
    [["a:", "b:  1\t"], { A: "", B: "1" }],
  ];
  for (const [lines, headers] of [...heads, ...heads.toReversed()]) {
    assertEquals(read(...lines), headers, lines.join());
  }
});

Deno.test("readHeaders is right for values that are not ASCII", () => {
  const bytes = new TextEncoder().encode(head("a: 1", "b: ü€", "c: 3"));
  for (let time = 0; time < 3; time++) {
    assertEquals(readHeaders(bytes, 0, bytes.length, new TextDecoder().decode(bytes)), {
      A: "1",
      B: "ü€",
      C: "3",
    });
    assertEquals(read("a: 1", "b: u"), { A: "1", B: "u" });
  }
});

Deno.test("changes that a script makes to headers do not leak into later responses", () => {
  read("a: 1");
  const changed = read("a: 1");
  changed.A = "2";
  changed.B = "3";
  assertEquals(read("a: 1"), { A: "1" });
});
