import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { AnswerCut } from "../../platform/mod.ts";
import { STREAM_END_MS_MAX, STREAM_SOCKET_BYTES_MAX, STREAM_SOCKET_LOOK_MS } from "./limits.ts";
import { OpenSockets, type Socket, SocketReader, SseReader } from "./readers.ts";
import { StreamEvent, StreamUpdate } from "./stream_event.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function updateOf(id: string, ...pieces: string[]): StreamUpdate {
  const bytes = pieces.map((piece) => encoder.encode(piece));
  return new StreamUpdate([new StreamEvent("change", id, bytes)], null);
}

const UPDATE = updateOf("b-1", '{"x":1}');

/** Unread bytes for which four updates have room as server-sent events, and no fifth. */
const UNREAD_BYTES_MAX = 4 * 'id: b-1\nevent: change\ndata: {"x":1}\n\n'.length;

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
  assertEquals(reader.send(UPDATE, 0), true);
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
  for (let n = 0; n < 4; n++) assertEquals(reader.send(UPDATE, UNREAD_BYTES_MAX), true);
  assertEquals(reader.send(UPDATE, UNREAD_BYTES_MAX), false);
  reader.heartbeat();
  reader.end("slow reader");
  reader.end("again");
  assertEquals([await next(lines), world.gone], [
    'event: end\ndata: {"reason":"slow reader"}\n\n',
    1,
  ]);
  assertEquals(await next(lines), null);
  assertEquals([reader.send(UPDATE, 0), world.gone], [true, 1]);
});

Deno.test("An SSE reader that has read is not behind, and takes one update of any length", async () => {
  const { reader, lines } = sse();
  await next(lines);
  for (let n = 0; n < 9; n++) {
    assertEquals(reader.send(UPDATE, 0), true);
    assertEquals(reader.send(UPDATE, 0), false);
    await next(lines);
  }
  await lines.cancel();
});

Deno.test("An SSE reader that is dropped within an event still receives its end, then the reason", async () => {
  using _time = new FakeTime();
  const { reader, lines } = sse();
  await next(lines);
  reader.send(updateOf("b-1", '{"x":', "1", "}"), 1000);
  reader.send(updateOf("b-2", "{}"), 1000);
  assertEquals(await next(lines), 'id: b-1\nevent: change\ndata: {"x":');
  reader.end("slow reader");
  assertEquals([await next(lines), await next(lines), await next(lines), await next(lines)], [
    "1",
    "}\n\n",
    'event: end\ndata: {"reason":"slow reader"}\n\n',
    null,
  ]);
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
  onmessage: Socket["onmessage"] = null;
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
  assertEquals(reader.send(UPDATE, 0), true);
  assertEquals(socket.sent.map((text) => JSON.parse(text)), [
    { event: "change", id: "b-1", data: { x: 1 } },
  ]);
});

Deno.test("An event's message is built once for all WebSocket readers", () => {
  let built = 0;
  class Counted extends StreamEvent {
    override get message(): string {
      built++;
      return super.message;
    }
  }
  const sockets = new OpenSockets();
  const update = new StreamUpdate([new Counted("change", "b-1", [encoder.encode("{}")])], null);
  const texts = Array.from({ length: 3 }, () => {
    const socket = new FakeSocket();
    new SocketReader(socket, () => {}, () => {}, sockets).send(update, 0);
    return socket.sent;
  });
  assertEquals(built, 1);
  assertEquals(texts, Array(3).fill([update.events[0].message]));
});

Deno.test("A full socket gets no event; waiting ones follow in order once it has room", () => {
  using time = new FakeTime();
  const { reader, socket } = reading();
  socket.bufferedAmount = STREAM_SOCKET_BYTES_MAX + 1;
  for (const id of ["b-1", "b-2"]) reader.send(updateOf(id, "{}"), 1000);
  time.tick(STREAM_SOCKET_LOOK_MS);
  assertEquals(socket.sent, []);
  socket.bufferedAmount = 0;
  time.tick(STREAM_SOCKET_LOOK_MS);
  assertEquals(socket.sent.map((text) => JSON.parse(text).id), ["b-1", "b-2"]);
  reader.send(UPDATE, 0);
  assertEquals(socket.sent.length, 3);
});

Deno.test("A new event checks for room, too: a reader that has read is not slow", () => {
  using _time = new FakeTime();
  const { reader, socket } = reading();
  socket.bufferedAmount = STREAM_SOCKET_BYTES_MAX + 1;
  assertEquals(reader.send(UPDATE, 0), true);
  socket.bufferedAmount = 0;
  assertEquals(reader.send(UPDATE, 0), true);
  assertEquals(socket.sent.length, 2);
});

Deno.test("A WebSocket reader with too many unread events is closed with the reason", () => {
  using time = new FakeTime();
  const { reader, socket, world } = reading();
  socket.bufferedAmount = STREAM_SOCKET_BYTES_MAX + 1;
  for (let n = 0; n < 4; n++) assertEquals(reader.send(UPDATE, 4 * UPDATE.bytes), true);
  assertEquals(reader.send(UPDATE, 4 * UPDATE.bytes), false);
  reader.end("slow reader");
  reader.end("again");
  assertEquals(socket.closed, [1008, "slow reader"]);
  socket.bufferedAmount = 0;
  assertEquals(reader.send(UPDATE, 0), true);
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
  assertEquals([reader.send(UPDATE, 0), socket.sent, socket.closed], [true, [], null]);
  time.tick(STREAM_END_MS_MAX);
  assertEquals(world.gone, 1);
});

Deno.test("A WebSocket whose client sends a message is closed", () => {
  using _time = new FakeTime();
  const { socket } = reading();
  socket.onmessage?.call(socket as unknown as WebSocket, new MessageEvent("message"));
  assertEquals(socket.closed, [1008, "a stream takes no messages"]);
});

Deno.test("WebSockets together have a bounded number of unsent bytes", () => {
  using time = new FakeTime();
  const sockets = new OpenSockets(2 * UPDATE.bytes);
  const [stalled, other] = [new FakeSocket(), new FakeSocket()];
  new SocketReader(stalled, () => {}, () => {}, sockets);
  const reader = new SocketReader(other, () => {}, () => {}, sockets);
  stalled.bufferedAmount = 2 * UPDATE.bytes;
  reader.send(UPDATE, Infinity);
  time.tick(STREAM_SOCKET_LOOK_MS);
  assertEquals(other.sent, []);
  stalled.bufferedAmount = 0;
  time.tick(STREAM_SOCKET_LOOK_MS);
  assertEquals(other.sent.length, 1);
});

Deno.test("A WebSocket counts as open until its connection has ended", () => {
  using time = new FakeTime();
  const sockets = new OpenSockets();
  const socket = new FakeSocket();
  new SocketReader(socket, () => {}, () => {}, sockets).end("slow reader");
  time.tick(STREAM_END_MS_MAX);
  assertEquals(sockets.size, 1);
  closeOf(socket);
  assertEquals(sockets.size, 0);
});

Deno.test("A stopping service closes WebSockets as going away", () => {
  using _time = new FakeTime();
  const { reader, socket } = reading();
  reader.end("stopping");
  assertStringIncludes(String(socket.closed), "1001,stopping");
});
