import { assertEquals } from "@std/assert";
import { readHeaders } from "./response_headers.ts";

const head = (...lines: string[]) => ["HTTP/1.1 200 OK", ...lines, "", ""].join("\r\n");
const read = (...lines: string[]) => readHeaders(head(...lines), head(...lines).length);

Deno.test("readHeaders reads each head for itself, however much it has in common with the one before", () => {
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

Deno.test("readHeaders stops where the head ends", () => {
  const text = head("a: 1") + "b: 2\r\nc: 3\r\n";
  for (let time = 0; time < 2; time++) {
    assertEquals(readHeaders(text, head("a: 1").length), { A: "1" });
  }
});

Deno.test("headers that a script changes stay its own", () => {
  read("a: 1");
  const changed = read("a: 1");
  changed.A = "2";
  changed.B = "3";
  assertEquals(read("a: 1"), { A: "1" });
});
