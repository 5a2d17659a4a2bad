import { assertEquals } from "@std/assert";
import { HELD_BYTES_MAX, LineCutter } from "./line_cutter.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function pieces(cutter: LineCutter, chunks: string[]): string[] {
  return chunks.map((chunk) => decoder.decode(cutter.push(encoder.encode(chunk))));
}

Deno.test("LineCutter passes on up to the last line end and holds the rest", () => {
  const cutter = new LineCutter();
  assertEquals(pieces(cutter, ['{"a":1}\n{"b"', ":2", "}", "\n", "x\ny\nz"]), [
    '{"a":1}\n',
    "",
    "",
    '{"b":2}\n',
    "x\ny\n",
  ]);
  assertEquals(cutter.held_bytes, 1);
});

Deno.test("LineCutter gives the same bytes and only whole lines, wherever the stream is cut", () => {
  const text = '{"event":"a"}\n\n{"event":"b","s":"né"}\n{"event":"c"}\n';
  const bytes = encoder.encode(text);
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      const cutter = new LineCutter();
      const out = [
        cutter.push(bytes.slice(0, first)),
        cutter.push(bytes.slice(first, second)),
        cutter.push(bytes.slice(second)),
      ].map((piece) => decoder.decode(piece));
      assertEquals(out.join(""), text);
      assertEquals(out.filter((piece) => piece !== "" && !piece.endsWith("\n")), []);
    }
  }
});

Deno.test("LineCutter holds at most HELD_BYTES_MAX: a longer line goes on in parts", () => {
  const cutter = new LineCutter();
  const half = new Uint8Array(HELD_BYTES_MAX / 2 + 1).fill(0x61);
  assertEquals(cutter.push(half).length, 0);
  assertEquals(cutter.push(half).length, HELD_BYTES_MAX + 2);
  assertEquals(cutter.held_bytes, 0);
});
