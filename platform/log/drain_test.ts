import { assert, assertEquals } from "@std/assert";
import { Drain } from "./drain.ts";
import { LOG_BATCH_BYTES, LOG_DROPPED_INTERVAL_MS, LOG_RING_BYTES_MIN } from "./limits.ts";
import { RingWriter } from "./ring.ts";
import { LogMemory } from "./shared_memory.ts";

/** A drain over `threads` rings whose stdout takes `room` bytes. */
function setUp(threads = 1, ring_bytes = LOG_RING_BYTES_MIN) {
  const memory = LogMemory.create(ring_bytes);
  const writers = Array.from(
    { length: threads },
    () => new RingWriter(memory, memory.takeRing()),
  );
  const world = { epoch_ms: 1_000_000, room: Infinity, output: "", writes: 0 };
  const drain = new Drain({
    memory,
    service: "svc",
    endpoints: ["a", "b"],
    epoch_ms: () => world.epoch_ms,
    write(bytes) {
      const taken = bytes.subarray(0, world.room);
      world.output += new TextDecoder().decode(taken);
      world.room -= taken.length;
      world.writes++;
      return taken.length;
    },
  });
  const put = (count: number, thread = 0) => {
    for (let i = 0; i < count; i++) writers[thread].putAccess(0, thread, 200, 1, 2, 3);
  };
  return { memory, drain, world, put };
}

function events(output: string): Record<string, unknown>[] {
  return output.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

function countDropped(output: string): number {
  return events(output)
    .filter((line) => line.event === "log.dropped")
    .reduce((sum, line) => sum + Number(line.lines), 0);
}

Deno.test("step() writes all waiting records in one write and returns false", () => {
  const { drain, world, put } = setUp(2);
  put(3, 0);
  put(2, 1);
  assertEquals(drain.isIdle(), false);
  assertEquals(drain.step(), false);
  assertEquals(events(world.output).map((line) => line.endpoint), ["a", "a", "a", "b", "b"]);
  assertEquals([world.writes, drain.isIdle()], [1, true]);
});

Deno.test("step() does not write without records", () => {
  const { drain, world } = setUp();
  assertEquals(drain.step(), false);
  assertEquals(world.writes, 0);
});

Deno.test("step() takes one batch from each ring, so that a flood starves no other", () => {
  const { drain, world, put } = setUp(2, 1024 * 1024);
  put(20_000, 0);
  put(1, 1);
  assertEquals(drain.step(), true);
  assertEquals(events(world.output).at(-1)?.endpoint, "b");
  while (drain.step());
  assertEquals(events(world.output).length, 20_001);
});

Deno.test("step() finds a thread attached later", () => {
  const { memory, drain, world } = setUp();
  drain.step();
  new RingWriter(memory, memory.takeRing()).putAccess(0, 1, 200, 1, 2, 3);
  drain.step();
  assertEquals(events(world.output).map((line) => line.endpoint), ["b"]);
});

Deno.test("log.dropped reports the lines lost by a full ring, once, at WARN", () => {
  const { memory, drain, world, put } = setUp();
  put(5_000);
  const dropped = memory.linesDropped();
  assert(dropped > 0);
  while (drain.step());
  drain.step();
  assertEquals(events(world.output).filter((line) => line.event !== "http.access"), [{
    ts: new Date(world.epoch_ms).toISOString(),
    level: "WARN",
    service: "svc",
    event: "log.dropped",
    lines: dropped,
  }]);
  assertEquals(events(world.output).length, 5_000 - dropped + 1);
});

Deno.test("log.dropped is written at most once per interval, with the sum", () => {
  const { memory, drain, world, put } = setUp();
  for (let round = 0; round < 3; round++) {
    put(5_000);
    drain.step();
    world.epoch_ms += LOG_DROPPED_INTERVAL_MS / 4;
  }
  const reported = () => events(world.output).filter((line) => line.event === "log.dropped");
  assertEquals(reported().length, 1);
  assertEquals(drain.isIdle(), false);
  world.epoch_ms += LOG_DROPPED_INTERVAL_MS;
  drain.step();
  assertEquals(reported().length, 2);
  assertEquals(countDropped(world.output), memory.linesDropped());
  assertEquals(drain.isIdle(), true);
});

Deno.test("log.dropped is written in time after the clock was set back", () => {
  const { drain, world, put } = setUp();
  put(5_000);
  drain.step();
  world.epoch_ms -= 3_600_000;
  put(5_000);
  drain.step();
  assertEquals(events(world.output).filter((line) => line.event === "log.dropped").length, 2);
});

Deno.test("Lines that stdout refused are reported once it accepts lines again", () => {
  const { memory, drain, world, put } = setUp();
  world.room = 0;
  put(10);
  drain.step();
  assertEquals(memory.linesDropped(), 10);
  assertEquals(drain.isIdle(), false);
  world.room = Infinity;
  world.epoch_ms += LOG_DROPPED_INTERVAL_MS;
  put(1);
  drain.step();
  assertEquals(events(world.output).length, 2);
  assertEquals(countDropped(world.output), 10);
});

Deno.test("A torn line counts as lost; the next line starts on its own line", () => {
  const { memory, drain, world, put } = setUp();
  put(1);
  drain.step();
  const line_bytes = world.output.length;
  world.output = "";
  world.room = line_bytes * 2 + 50;
  put(10);
  drain.step();
  assertEquals(memory.linesDropped(), 8);
  world.room = Infinity;
  world.epoch_ms += LOG_DROPPED_INTERVAL_MS;
  put(3);
  drain.step();
  const lines = world.output.split("\n");
  assertEquals(lines[2].length, 50);
  lines.splice(2, 1);
  assertEquals(events(lines.join("\n")).length, 2 + 3 + 1);
  assertEquals(countDropped(lines.join("\n")), 8);
});

Deno.test("A refused log.dropped is repeated and does not count as lost", () => {
  const { memory, drain, world, put } = setUp();
  put(5_000);
  const dropped = memory.linesDropped();
  // Exactly the kept lines fit, the report does not.
  const dry = setUp();
  dry.put(5_000);
  dry.drain.step();
  const report_bytes = dry.world.output.split("\n").at(-2)!.length + 1;
  world.room = dry.world.output.length - report_bytes;
  drain.step();
  assertEquals(countDropped(world.output), 0);
  assertEquals(memory.linesDropped(), dropped);
  world.room = Infinity;
  world.epoch_ms += LOG_DROPPED_INTERVAL_MS;
  drain.step();
  assertEquals(countDropped(world.output), dropped);
});

Deno.test("No write is longer than a batch", () => {
  const memory = LogMemory.create(1024 * 1024);
  const writer = new RingWriter(memory, memory.takeRing());
  let longest = 0;
  const drain = new Drain({
    memory,
    service: "svc",
    endpoints: [],
    epoch_ms: () => 0,
    write: (bytes) => (longest = Math.max(longest, bytes.length), bytes.length),
  });
  for (let i = 0; i < 20_000; i++) writer.putAccess(0, 0, 200, 1, 2, 3);
  while (drain.step());
  assert(longest <= LOG_BATCH_BYTES && longest > LOG_BATCH_BYTES / 2, `${longest}`);
});

Deno.test("finish() writes the creating thread's ring last", () => {
  const { drain, world, put } = setUp(3, 1024 * 1024);
  put(1, 0);
  put(20_000, 1);
  put(2, 2);
  drain.finish(() => true);
  const lines = world.output.trimEnd().split("\n");
  assertEquals(lines.length, 20_003);
  assertEquals(JSON.parse(lines.at(-1)!).endpoint, "a");
  assert(drain.isIdle());
});

Deno.test("finish() stops when it is no longer wanted", () => {
  const { drain, world, put } = setUp(2);
  put(1, 0);
  put(1, 1);
  let looks = 0;
  drain.finish(() => looks++ === 0);
  assertEquals(events(world.output).map((line) => line.endpoint), ["b"]);
});
