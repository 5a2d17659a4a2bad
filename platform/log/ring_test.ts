import { assertEquals, assertThrows } from "@std/assert";
import { LOG_LINE_BYTES_MAX, LOG_RING_BYTES_MIN, LOG_THREADS_MAX } from "./limits.ts";
import { LineEncoder } from "./line_encoder.ts";
import { lineText } from "./line_text.ts";
import { RingReader } from "./ring.ts";
import { RingWriter } from "./ring.ts";
import { ACCESS_RECORD_BYTES, CONTROL, LogMemory, RING } from "./shared_memory.ts";

function ring() {
  const memory = LogMemory.create(LOG_RING_BYTES_MIN);
  const index = memory.takeRing();
  // Both sides with instances of their own over the same memory, as on two threads.
  const writer = new RingWriter(new LogMemory(memory.buffer), index);
  const reader = new RingReader(new LogMemory(memory.buffer), index);
  const encoder = new LineEncoder("svc", ["a"]);
  const written = { number: 0 };
  return {
    memory,
    putAccess: () => writer.putAccess(0, 0, 200, NaN, NaN, written.number++),
    putText: (chars = 0) => {
      const fields = { bytes_sent: written.number++, pad: "x".repeat(chars) };
      writer.putText(0, lineText("INFO", "svc", "text", fields));
    },
    /** The running numbers of all lines that are in the ring. */
    readNumbers(): number[] {
      let lines = "";
      let more = true;
      while (more) {
        more = reader.readInto(encoder);
        lines += new TextDecoder().decode(encoder.take());
      }
      return lines.split("\n").slice(0, -1).map((line) => JSON.parse(line).bytes_sent);
    },
  };
}

function startCountersAt(memory: LogMemory, index: number, bytes: number): void {
  const { header } = memory.ring(index);
  header[RING.HEAD] = bytes;
  header[RING.TAIL] = bytes;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

Deno.test("A ring returns access and text lines in order", () => {
  const { putAccess, putText, readNumbers } = ring();
  putAccess();
  putText();
  putText(100);
  putAccess();
  assertEquals(readNumbers(), [0, 1, 2, 3]);
  assertEquals(readNumbers(), []);
});

Deno.test("Access records get the text that their labels had when they were written", () => {
  const memory = LogMemory.create(LOG_RING_BYTES_MIN);
  const index = memory.takeRing();
  const writer = new RingWriter(new LogMemory(memory.buffer), index);
  const reader = new RingReader(new LogMemory(memory.buffer), index);
  const encoder = new LineEncoder("svc", ["a", "b"]);
  const put = (...labels: number[]) => writer.putAccess(0, 1, 200, NaN, NaN, NaN, ...labels);
  const name = (label: number, value: string) =>
    writer.putLabel(label, new TextEncoder().encode(`,"label_${label}":"${value}"`));
  const linesOf = () => {
    reader.readInto(encoder);
    const text = new TextDecoder().decode(encoder.take()).trimEnd();
    return text.split("\n").map((line) => JSON.parse(line));
  };
  name(1, "first");
  put(1);
  name(16_383, "client");
  name(1, "second");
  assertEquals(linesOf().map(({ label_1 }) => label_1), ["first"]);
  // The ring wraps around, over the records of the labels.
  for (let bytes = 0; bytes < LOG_RING_BYTES_MIN; bytes += ACCESS_RECORD_BYTES) {
    put();
    linesOf();
  }
  put(1, 16_383);
  put(7);
  const lines = linesOf();
  assertEquals(lines.map(({ label_1, label_16383 }) => [label_1, label_16383]), [
    ["second", "client"],
    [undefined, undefined],
  ]);
  assertEquals(lines.map(({ endpoint, status }) => [endpoint, status]), Array(2).fill(["b", 200]));
});

Deno.test("A label without room in the ring is refused and counted", () => {
  const memory = LogMemory.create(LOG_RING_BYTES_MIN);
  const writer = new RingWriter(memory, memory.takeRing());
  let labels = 0;
  while (writer.putLabel(1, new Uint8Array(1000))) labels++;
  assertEquals(labels < LOG_RING_BYTES_MIN / 1000, true);
  assertEquals(memory.linesDropped(), 1);
});

Deno.test("A ring that is read in time loses no record, however often it wraps around", () => {
  const { memory, putAccess, putText, readNumbers } = ring();
  const seed = crypto.getRandomValues(new Uint32Array(1))[0];
  let state = seed;
  const read: number[] = [];
  let put = 0;
  for (let round = 0; round < 400; round++) {
    for (let line = 0; line < 40; line++, put++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      if (state >>> 30 === 0) putText((state >>> 8) % 3_000);
      else putAccess();
    }
    read.push(...readNumbers());
  }
  assertEquals(read, range(0, put), `seed ${seed}`);
  assertEquals(memory.linesDropped(), 0);
});

Deno.test("A full ring counts records without room and keeps the others", () => {
  const { memory, putAccess, readNumbers } = ring();
  const many = LOG_RING_BYTES_MIN / ACCESS_RECORD_BYTES * 2;
  for (let line = 0; line < many; line++) putAccess();
  const dropped = memory.linesDropped();
  const kept = readNumbers();
  assertEquals(kept, range(0, kept.length));
  assertEquals(kept.length + dropped, Math.ceil(many));
  putAccess();
  assertEquals(readNumbers(), [Math.ceil(many)]);
});

Deno.test("A flood of access lines leaves room for rare lines", () => {
  const { memory, putAccess, putText, readNumbers } = ring();
  while (memory.linesDropped() === 0) putAccess();
  putText(LOG_LINE_BYTES_MAX / 2);
  assertEquals(memory.linesDropped(), 1);
  const last = readNumbers().at(-1);
  putAccess();
  assertEquals(readNumbers(), [Number(last) + 1]);
});

Deno.test("A line wakes the worker only while it sleeps", () => {
  const { memory, putAccess } = ring();
  const sleeping = () => Atomics.load(memory.control, CONTROL.SLEEPING);
  putAccess();
  assertEquals(sleeping(), 0);
  Atomics.store(memory.control, CONTROL.SLEEPING, 1);
  putAccess();
  assertEquals(sleeping(), 0);
});

Deno.test("Counters of a ring work past 2^31 and 2^32 bytes", () => {
  for (const start of [0x7fff_fff8, 0xffff_fff8 | 0]) {
    const memory = LogMemory.create(LOG_RING_BYTES_MIN);
    const index = memory.takeRing();
    startCountersAt(memory, index, start);
    const writer = new RingWriter(memory, index);
    const reader = new RingReader(memory, index);
    const encoder = new LineEncoder("svc", ["a"]);
    for (let line = 0; line < 100; line++) writer.putAccess(0, 0, 200, 1, 2, line);
    assertEquals(reader.readInto(encoder), false);
    const lines = new TextDecoder().decode(encoder.take()).trimEnd().split("\n");
    assertEquals(lines.map((line) => JSON.parse(line).bytes_sent), range(0, 100));
  }
});

Deno.test("A ring is full at the same fill level at any counter value", () => {
  const fills = [0, 0x7fff_fff8, 0xffff_fff8 | 0].map((start) => {
    const memory = LogMemory.create(LOG_RING_BYTES_MIN);
    const index = memory.takeRing();
    startCountersAt(memory, index, start);
    const writer = new RingWriter(memory, index);
    for (let line = 0; line < 10_000; line++) writer.putAccess(0, 0, 200, 1, 2, line);
    return 10_000 - memory.linesDropped();
  });
  for (const lines of fills) {
    assertEquals(Math.abs(lines - fills[0]) <= 1, true, `${fills} lines`);
  }
});

Deno.test("takeRing refuses one thread too many and names the limit", () => {
  const memory = LogMemory.create(LOG_RING_BYTES_MIN);
  for (let thread = 0; thread < LOG_THREADS_MAX; thread++) assertEquals(memory.takeRing(), thread);
  for (let i = 0; i < 2; i++) {
    assertThrows(
      () => memory.takeRing(),
      RangeError,
      `Cannot share the log with thread ${LOG_THREADS_MAX + 1}: at most ${LOG_THREADS_MAX}`,
    );
  }
});

Deno.test("LogMemory.create refuses sizes that are not a power of two in range", () => {
  for (const bytes of [0, 4_096, 200_000, 2 ** 31, NaN]) {
    assertThrows(
      () => LogMemory.create(bytes),
      RangeError,
      `Cannot create a log ring of ${bytes} bytes: must be a power of two from 131072 to 1073741824`,
    );
  }
});
