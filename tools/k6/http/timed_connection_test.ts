import { assertEquals } from "@std/assert";
import type { ExchangeRequest, HttpFailure } from "./exchange.ts";
import { TimedConnection } from "./timed_connection.ts";

const ANSWER = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

const REQUEST: ExchangeRequest = {
  endpoint: { origin: "http://a", hostname: "a", port: 80, host: "a", is_tls: false },
  bytes: new Uint8Array(10),
  is_head: false,
  keep_body: true,
  is_repeatable: true,
  timeout_ms: 1000,
};

/** A socket whose reads and writes end when the test says so, and a clock it sets. */
function begin() {
  const writes: { bytes: Uint8Array; end: PromiseWithResolvers<number> }[] = [];
  const reads: { into: Uint8Array; end: PromiseWithResolvers<number | null> }[] = [];
  const clock = { now_ms: 100 };
  const socket = {
    write(bytes: Uint8Array) {
      const end = Promise.withResolvers<number>();
      writes.push({ bytes, end });
      return end.promise;
    },
    read(into: Uint8Array) {
      const end = Promise.withResolvers<number | null>();
      reads.push({ into, end });
      return end.promise;
    },
    close() {
      for (const { end } of [...writes, ...reads]) {
        end.reject(new Deno.errors.BadResource("closed"));
      }
    },
  };
  const connection = new TimedConnection(socket, () => clock.now_ms, "127.0.0.1", 80);
  const ends: (HttpFailure | null)[] = [];
  connection.exchange(REQUEST, 100, 1100, (failure) => ends.push(failure));
  const sent = async (length: number, now_ms: number) => {
    clock.now_ms = now_ms;
    writes.at(-1)!.end.resolve(length);
    await settled();
  };
  const received = async (bytes: Uint8Array, now_ms: number) => {
    clock.now_ms = now_ms;
    const { into, end } = reads.at(-1)!;
    into.set(bytes);
    end.resolve(bytes.length);
    await settled();
  };
  return { connection, ends, writes, sent, received };
}

const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));

Deno.test("an exchange measures sending, waiting and receiving", async () => {
  const { connection, ends, sent, received } = begin();
  await sent(10, 101);
  await received(ANSWER.subarray(0, 20), 104);
  assertEquals(ends, []);
  await received(ANSWER.subarray(20), 109);
  assertEquals(ends, [null]);
  const { sending_ms, waiting_ms, receiving_ms, is_open, is_busy } = connection;
  assertEquals([sending_ms, waiting_ms, receiving_ms, is_open, is_busy], [1, 3, 5, true, false]);
});

Deno.test("a request that the socket accepts in parts is sent completely", async () => {
  const { connection, ends, writes, sent, received } = begin();
  await sent(4, 101);
  assertEquals(writes.at(-1)!.bytes.length, 6);
  await sent(6, 102);
  await received(ANSWER, 103);
  assertEquals([ends, connection.bytes_sent, connection.sending_ms], [[null], 10, 2]);
});

Deno.test("an early response ends only when the request is sent, so the connection is kept", async () => {
  const { connection, ends, sent, received } = begin();
  await received(ANSWER, 101);
  assertEquals(ends, []);
  await sent(10, 103);
  assertEquals([ends, connection.is_open, connection.waiting_ms], [[null], true, 0]);
});

Deno.test("a response counts even if the server does not read the rest of the request", async () => {
  const { connection, ends, writes, received } = begin();
  await received(ANSWER, 101);
  writes[0].end.reject(new Deno.errors.ConnectionReset("reset"));
  await settled();
  assertEquals([ends, connection.is_open], [[null], false]);
});

Deno.test("an aborted exchange ends once, as a reset or a timeout", async () => {
  for (const [breakOff, failure] of [["close", "reset"], ["expire", "timeout"]] as const) {
    const { connection, ends } = begin();
    connection.expire(1099);
    assertEquals(connection.is_open, true);
    connection[breakOff](1100);
    await settled();
    assertEquals([ends, connection.is_open], [[failure], false]);
  }
});
