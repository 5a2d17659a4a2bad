import { assertEquals } from "@std/assert";
import { lineSink } from "./line_sink.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (chunks: Uint8Array[]) => chunks.map((chunk) => new TextDecoder().decode(chunk));

Deno.test("lineSink writes one piece at a time, in the order they came", async () => {
  const log: string[] = [];
  const gates: (() => void)[] = [];
  const sink = lineSink(async (piece) => {
    const name = new TextDecoder().decode(piece);
    log.push(`start ${name}`);
    await new Promise<void>((resolve) => gates.push(resolve));
    log.push(`end ${name}`);
  });
  const done = Promise.all([sink(bytes("a")), sink(bytes("b"))]);
  while (gates.length < 1) await Promise.resolve();
  assertEquals(log, ["start a"]);
  gates[0]();
  while (gates.length < 2) await Promise.resolve();
  gates[1]();
  await done;
  assertEquals(log, ["start a", "end a", "start b", "end b"]);
});

Deno.test("lineSink throws pieces away once a write has failed, and never rejects", async () => {
  const written: Uint8Array[] = [];
  const sink = lineSink((piece) => {
    if (written.length === 1) return Promise.reject(new Deno.errors.BrokenPipe());
    written.push(piece);
    return Promise.resolve();
  });
  await Promise.all(["a", "b", "c"].map((name) => sink(bytes(name))));
  assertEquals(text(written), ["a"]);
});
