import { assertEquals, assertRejects } from "@std/assert";
import { LINE_CHARS_MAX, textLines } from "./text_lines.ts";

function lines(...chunks: Uint8Array[]): Promise<string[]> {
  return Array.fromAsync(textLines(ReadableStream.from(chunks)));
}

Deno.test("textLines() gives the same lines however the bytes are cut", async () => {
  const bytes = new TextEncoder().encode("ä 1\n\nzwei\nunfinished");
  for (let i = 0; i <= bytes.length; i++) {
    assertEquals(await lines(bytes.slice(0, i), bytes.slice(i)), ["ä 1", "", "zwei", "unfinished"]);
  }
});

Deno.test("textLines() of nothing is nothing", async () => {
  assertEquals(await lines(), []);
});

Deno.test("textLines() refuses a line without an end", async () => {
  const chunk = new Uint8Array(LINE_CHARS_MAX / 2 + 1).fill(65);
  await assertRejects(() => lines(chunk, chunk), RangeError, "over 1048576 characters");
});
