import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { AnswerCut } from "../../platform/mod.ts";
import {
  STREAM_BACKLOG_EVENTS_MAX,
  STREAM_END_MS_MAX,
  STREAM_SOCKET_BYTES_MAX,
  STREAM_SOCKET_LOOK_MS,
} from "./limits.ts";
import { type Socket, SocketReader, SseReader } from "./readers.ts";
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

Deno.test("An SSE reader receives events with id, name and data, and heartbeats", async () => {
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

Deno.test("An SSE reader with too many unread events receives only the reason", async () => {
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

Deno.test("An SSE reader that does not read the reason is cut off in time", async () => {
  using time = new FakeTime();
  const { reader, lines, world } = sse();
  reader.end("slow reader");
  time.tick(STREAM_END_MS_MAX - 1);
  assertEquals(world.gone, 0);
  time.tick(1);
  assertEquals(world.gone, 1);
  await assertRejects(() => lines.read(), AnswerCut, "slow reader");
});

/** A socket that keeps its messages; the test sets whether it is full. */
class FakeSocket implements Socket {
  bufferedAmount = 0;
  readyState: number = WebSocket.OPEN;
  sent: string[] = [];
  closed: [number?, string?] | null = null;
  onclose: Socket["onclose"] = null;
  onerror: Socket["onerror"] = null;
  send = (text: string) => void this.sent.push(text);
  close = (code?: number, reason?: string) => {
    this.readyState = WebSocket.CLOSING;
    this.closed = [code, reason];
  };
}

function reading() {
  const world = { gone: 0 };
  const socket = new FakeSocket();
  return { world, socket, reader: new SocketReader(socket, () => world.gone++) };
}

const closeOf = (socket: FakeSocket) =>
  socket.onclose?.call(socket as unknown as WebSocket, new CloseEvent("close"));

Deno.test("A WebSocket reader receives each event as a JSON message", () => {
  const { reader, socket } = reading();
  assertEquals(reader.send(EVENT), true);
  assertEquals(socket.sent.map((text) => JSON.parse(text)), [
    { event: "change", id: "b-1", data: { x: 1 } },
  ]);
});

Deno.test("A full socket gets no event; waiting ones follow in order once it has room", () => {
  using time = new FakeTime();
  const { reader, socket } = reading();
  socket.bufferedAmount = STREAM_SOCKET_BYTES_MAX + 1;
  for (const id of ["b-1", "b-2"]) reader.send(new StreamEvent("change", id, "{}"));
  time.tick(STREAM_SOCKET_LOOK_MS);
  assertEquals(socket.sent, []);
  socket.bufferedAmount = 0;
  time.tick(STREAM_SOCKET_LOOK_MS);
  assertEquals(socket.sent.map((text) => JSON.parse(text).id), ["b-1", "b-2"]);
  reader.send(EVENT);
  assertEquals(socket.sent.length, 3);
});

Deno.test("A new event checks for room, too: a reader that has read is not slow", () => {
  using _time = new FakeTime();
  const { reader, socket } = reading();
  socket.bufferedAmount = STREAM_SOCKET_BYTES_MAX + 1;
  for (let n = 0; n < STREAM_BACKLOG_EVENTS_MAX; n++) assertEquals(reader.send(EVENT), true);
  socket.bufferedAmount = 0;
  assertEquals(reader.send(EVENT), true);
  assertEquals(socket.sent.length, STREAM_BACKLOG_EVENTS_MAX + 1);
});

Deno.test("A WebSocket reader with too many unread events is closed with the reason", () => {
  using time = new FakeTime();
  const { reader, socket, world } = reading();
  socket.bufferedAmount = STREAM_SOCKET_BYTES_MAX + 1;
  for (let n = 0; n < STREAM_BACKLOG_EVENTS_MAX; n++) assertEquals(reader.send(EVENT), true);
  assertEquals(reader.send(EVENT), false);
  reader.end("slow reader");
  reader.end("again");
  assertEquals(socket.closed, [1008, "slow reader"]);
  socket.bufferedAmount = 0;
  assertEquals(reader.send(EVENT), true);
  time.tick(STREAM_SOCKET_LOOK_MS);
  assertEquals([socket.sent, world.gone], [[], 0]);
  closeOf(socket);
  time.tick(STREAM_END_MS_MAX);
  assertEquals(world.gone, 1);
});

Deno.test("A dropped reader whose socket never closes is removed in time, once", () => {
  using time = new FakeTime();
  const { reader, socket, world } = reading();
  reader.end("slow reader");
  time.tick(STREAM_END_MS_MAX - 1);
  assertEquals(world.gone, 0);
  time.tick(1);
  closeOf(socket);
  assertEquals(world.gone, 1);
});

Deno.test("A half-closed reader is removed in time after the next event", () => {
  using time = new FakeTime();
  const { reader, socket, world } = reading();
  socket.readyState = WebSocket.CLOSING;
  assertEquals([reader.send(EVENT), socket.sent, socket.closed], [true, [], null]);
  time.tick(STREAM_END_MS_MAX);
  assertEquals(world.gone, 1);
});

Deno.test("A stopping service closes WebSockets as going away", () => {
  using _time = new FakeTime();
  const { reader, socket } = reading();
  reader.end("stopping");
  assertStringIncludes(String(socket.closed), "1001,stopping");
});
