import { assert, assertEquals } from "@std/assert";
import { FileWriter } from "./file_writer.ts";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A writer and what got through; `writeSync` says how many bytes the file takes, or throws. */
function setUp(
  takes: (piece: Uint8Array) => number,
  isAbandoned: () => boolean = () => false,
) {
  const world = { output: "", pieces: [] as number[], pauses: 0 };
  const writer = new FileWriter({
    writeSync(piece) {
      const taken = takes(piece);
      world.output += new TextDecoder().decode(piece.subarray(0, taken));
      world.pieces.push(taken);
      return taken;
    },
    pause: () => world.pauses++,
    isAbandoned,
  });
  return { writer, world };
}

function wouldBlock(): never {
  throw new Deno.errors.WouldBlock("no room");
}

Deno.test("writeAll() continues after a partial write", () => {
  const { writer, world } = setUp((piece) => Math.min(3, piece.length));
  assertEquals(writer.writeAll(bytes("abcdefgh")), 8);
  assertEquals(world, { output: "abcdefgh", pieces: [3, 3, 2], pauses: 0 });
});

Deno.test("writeAll() returns the bytes written when the reader is gone", () => {
  let calls = 0;
  const { writer } = setUp(() => {
    if (calls++ > 0) throw new Deno.errors.BrokenPipe("gone");
    return 3;
  });
  assertEquals(writer.writeAll(bytes("abcdefgh")), 3);
});

Deno.test("writeAll() stops between chunks when abandoned", () => {
  let abandoned = false;
  const { writer } = setUp(() => (abandoned = true, 2), () => abandoned);
  assertEquals(writer.writeAll(bytes("abcdefgh")), 2);
});

Deno.test("writeAll() gives up one batch when the file first would block", () => {
  const { writer, world } = setUp(wouldBlock);
  assertEquals(writer.writeAll(bytes("a\nb\n")), 0);
  assertEquals(world.pauses, 1);
});

Deno.test("After that it waits, and writes whole lines that a pipe accepts at once", () => {
  let full = true;
  const { writer, world } = setUp((piece) => {
    if (full) {
      full = false;
      wouldBlock();
    }
    full = piece.length > 2_000;
    return piece.length;
  });
  writer.writeAll(bytes("lost\n"));
  const line = `${"x".repeat(999)}\n`;
  const text = line.repeat(10);
  assertEquals(writer.writeAll(bytes(text)), text.length);
  assertEquals(world.output, text);
  assertEquals(world.pieces, [4_000, 4_000, 2_000]);
  assertEquals(world.pauses, 3);
});

Deno.test("A line longer than PIPE_BUF is written in chunks of PIPE_BUF", () => {
  let calls = 0;
  const { writer, world } = setUp((piece) => calls++ === 0 ? wouldBlock() : piece.length);
  writer.writeAll(bytes("lost\n"));
  const text = `${"x".repeat(9_000)}\nshort\n`;
  assertEquals(writer.writeAll(bytes(text)), text.length);
  assertEquals(world.output, text);
  assert(world.pieces.every((piece) => piece <= 4_096), `${world.pieces}`);
});
