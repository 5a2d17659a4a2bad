import { assertEquals } from "@std/assert";
import {
  HELD_BYTES_MAX,
  LINE_CHARS_MAX,
  LineCutter,
  OutputMeter,
  readLines,
  readWholeLines,
} from "./lines.ts";
import { startProcess } from "./start_process.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function pieces(cutter: LineCutter, chunks: string[]): string[] {
  return chunks.map((chunk) => decoder.decode(cutter.push(encoder.encode(chunk))));
}

Deno.test("LineCutter returns everything up to the last line end and holds the rest", () => {
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

Deno.test("LineCutter returns the same bytes in whole lines, wherever the stream is cut", () => {
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

Deno.test("LineCutter holds at most HELD_BYTES_MAX: a longer line is split", () => {
  const cutter = new LineCutter();
  const half = new Uint8Array(HELD_BYTES_MAX / 2 + 1).fill(0x61);
  assertEquals(cutter.push(half).length, 0);
  assertEquals(cutter.push(half).length, HELD_BYTES_MAX + 2);
  assertEquals(cutter.held_bytes, 0);
});

async function linesOf(...pieces: string[]): Promise<string[]> {
  const lines: string[] = [];
  const bytes = pieces.map((piece) => encoder.encode(piece));
  await readLines(ReadableStream.from(bytes), (line) => lines.push(line));
  return lines;
}

Deno.test("readLines() joins lines however they were cut, the last one too", async () => {
  assertEquals(await linesOf("a\nb", "c\n", "\nd"), ["a", "bc", "", "d"]);
});

Deno.test("readLines() drops the rest of a line that never ends", async () => {
  const [line, next] = await linesOf("x".repeat(LINE_CHARS_MAX), "yyy", "\nz\n");
  assertEquals([line.length, next], [LINE_CHARS_MAX, "z"]);
});

Deno.test("readWholeLines() drops the unfinished last line", async () => {
  const pieces: string[] = [];
  const stream = ReadableStream.from(["a\nb", "c\n", "torn"].map((text) => encoder.encode(text)));
  await readWholeLines(stream, (bytes) => void pieces.push(decoder.decode(bytes)));
  assertEquals(pieces, ["a\n", "bc\n"]);
});

Deno.test("OutputMeter counts the lines and bytes of a process to the last byte", async () => {
  const lines = 50_000;
  const program = `const bytes = new TextEncoder().encode("${"x".repeat(99)}\\n".repeat(${lines}));
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));`;
  const child = startProcess([Deno.execPath(), "eval", program], { stdout: "piped" });
  const meter = new OutputMeter();
  await meter.read(child.stdout);
  assertEquals((await child.ended).code, 0);
  assertEquals([meter.lines, meter.bytes], [lines, lines * 100]);
});
