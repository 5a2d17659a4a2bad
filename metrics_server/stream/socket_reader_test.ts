import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import {
  STREAM_BACKLOG_EVENTS_MAX,
  STREAM_END_MS_MAX,
  STREAM_SOCKET_BYTES_MAX,
  STREAM_SOCKET_LOOK_MS,
} from "./limits.ts";
import { type Socket, SocketReader } from "./socket_reader.ts";
import { StreamEvent } from "./stream_event.ts";

const EVENT = new StreamEvent("change", "b-1", '{"x":1}');

/** A socket that keeps what it is sent, and says it is full where the test has it so. */
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

Deno.test("A WebSocket reader gets each event as a JSON message", () => {
  const { reader, socket } = reading();
  assertEquals(reader.send(EVENT), true);
  assertEquals(socket.sent.map((text) => JSON.parse(text)), [
    { event: "change", id: "b-1", data: { x: 1 } },
  ]);
});

Deno.test("A socket is handed no event while it holds one unsent, and the next ones, in order, soon after", () => {
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

Deno.test("A new event looks for room, too: a reader that has read is not called slow", () => {
  using _time = new FakeTime();
  const { reader, socket } = reading();
  socket.bufferedAmount = STREAM_SOCKET_BYTES_MAX + 1;
  for (let n = 0; n < STREAM_BACKLOG_EVENTS_MAX; n++) assertEquals(reader.send(EVENT), true);
  socket.bufferedAmount = 0;
  assertEquals(reader.send(EVENT), true);
  assertEquals(socket.sent.length, STREAM_BACKLOG_EVENTS_MAX + 1);
});

Deno.test("A WebSocket reader that leaves too many events unread is closed, with the reason, and gets no more", () => {
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

Deno.test("A dropped reader whose socket never closes is forgotten in time, and told of once", () => {
  using time = new FakeTime();
  const { reader, socket, world } = reading();
  reader.end("slow reader");
  time.tick(STREAM_END_MS_MAX - 1);
  assertEquals(world.gone, 0);
  time.tick(1);
  closeOf(socket);
  assertEquals(world.gone, 1);
});

Deno.test("A reader that closes its side and never reads is forgotten in time after the next event", () => {
  using time = new FakeTime();
  const { reader, socket, world } = reading();
  socket.readyState = WebSocket.CLOSING;
  assertEquals([reader.send(EVENT), socket.sent, socket.closed], [true, [], null]);
  time.tick(STREAM_END_MS_MAX);
  assertEquals(world.gone, 1);
});

Deno.test("A service that stops tells WebSocket readers so", () => {
  using _time = new FakeTime();
  const { reader, socket } = reading();
  reader.end("stopping");
  assertStringIncludes(String(socket.closed), "1001,stopping");
});
