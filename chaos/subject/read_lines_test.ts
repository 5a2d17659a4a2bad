import { assertEquals } from "@std/assert";
import { LINE_CHARS_MAX, readLines } from "./read_lines.ts";

async function linesOf(...pieces: string[]): Promise<string[]> {
  const lines: string[] = [];
  const bytes = pieces.map((piece) => new TextEncoder().encode(piece));
  await readLines(ReadableStream.from(bytes), (line) => lines.push(line));
  return lines;
}

Deno.test("readLines puts lines together however they were cut, the last one too", async () => {
  assertEquals(await linesOf("a\nb", "c\n", "\nd"), ["a", "bc", "", "d"]);
});

Deno.test("readLines does not keep a line that never ends", async () => {
  const [line, next] = await linesOf("x".repeat(LINE_CHARS_MAX), "yyy", "\nz\n");
  assertEquals([line.length, next], [LINE_CHARS_MAX, "z"]);
});
