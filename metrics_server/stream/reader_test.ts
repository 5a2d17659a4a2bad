import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { AnswerCut } from "../../platform/mod.ts";
import { STREAM_BACKLOG_EVENTS_MAX, STREAM_END_MS_MAX } from "./limits.ts";
import { SseReader } from "./reader.ts";
import { StreamEvent } from "./stream_event.ts";

const EVENT = new StreamEvent("change", "b-1", '{"x":1}');
const decoder = new TextDecoder();

function sse() {
  const world = { gone: 0 };
  const reader = new SseReader(() => world.gone++);
  return { world, reader, lines: reader.body.getReader() };
}

async function next(lines: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>) {
  const { done, value } = await lines.read();
  return done ? null : decoder.decode(value);
}

Deno.test("An SSE reader gets events with id, name and data, and heartbeats between them", async () => {
  const { reader, lines, world } = sse();
  assertEquals(await next(lines), ": open\n\n");
  assertEquals(reader.send(EVENT), true);
  assertEquals(await next(lines), 'id: b-1\nevent: change\ndata: {"x":1}\n\n');
  const waiting = next(lines);
  reader.heartbeat();
  assertEquals(await waiting, ": heartbeat\n\n");
  await lines.cancel();
  assertEquals(world.gone, 1);
});

Deno.test("An SSE reader that leaves too much unread takes no more, and then only gets the reason", async () => {
  using _time = new FakeTime();
  const { reader, lines, world } = sse();
  await next(lines);
  for (let n = 0; n < STREAM_BACKLOG_EVENTS_MAX; n++) assertEquals(reader.send(EVENT), true);
  assertEquals(reader.send(EVENT), false);
  reader.heartbeat();
  reader.end("slow reader");
  reader.end("again");
  assertEquals([await next(lines), world.gone], [
    'event: end\ndata: {"reason":"slow reader"}\n\n',
    1,
  ]);
  assertEquals(await next(lines), null);
  assertEquals([reader.send(EVENT), world.gone], [true, 1]);
});

Deno.test("A reader that does not even take the reason is cut off in time", async () => {
  using time = new FakeTime();
  const { reader, lines, world } = sse();
  reader.end("slow reader");
  time.tick(STREAM_END_MS_MAX - 1);
  assertEquals(world.gone, 0);
  time.tick(1);
  assertEquals(world.gone, 1);
  await assertRejects(() => lines.read(), AnswerCut, "slow reader");
});
