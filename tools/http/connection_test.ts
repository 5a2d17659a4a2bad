import { assertEquals, assertRejects } from "@std/assert";
import { HttpConnection } from "./connection.ts";
import type { ErrorKind } from "./error_kinds.ts";
import { buildRequest } from "./request.ts";
import type { Socket } from "./socket.ts";

const TARGET = buildRequest({ host: "h", path: "/" });
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** A socket that answers each read with the next piece; null ends it, an error breaks it. */
class ScriptedSocket implements Socket {
  written = "";
  closed = 0;
  readonly #pieces: (string | null | Error)[];
  #hanging: PromiseWithResolvers<null> | null = null;

  constructor(...pieces: (string | null | Error)[]) {
    this.#pieces = pieces;
  }

  read(into: Uint8Array): Promise<number | null> {
    if (this.closed > 0) return Promise.reject(new Deno.errors.BadResource());
    const piece = this.#pieces.shift();
    if (piece === undefined) return (this.#hanging = Promise.withResolvers<null>()).promise;
    if (piece === null) return Promise.resolve(null);
    if (piece instanceof Error) return Promise.reject(piece);
    return Promise.resolve(new TextEncoder().encodeInto(piece, into).written);
  }

  /** Takes at most 10 bytes at once, so that a caller who does not write the rest is found out. */
  write(bytes: Uint8Array): Promise<number> {
    const taken = bytes.subarray(0, 10);
    this.written += new TextDecoder().decode(taken);
    return Promise.resolve(taken.length);
  }

  close(): void {
    this.closed++;
    this.#hanging?.reject(new Deno.errors.Interrupted("operation canceled"));
  }
}

async function opened(socket: Socket, now = () => 0): Promise<HttpConnection> {
  const connection = new HttpConnection({ dial: () => Promise.resolve(socket), now });
  assertEquals(await connection.open(), null);
  return connection;
}

Deno.test("HttpConnection writes the whole request and reads the whole answer", async () => {
  const socket = new ScriptedSocket(OK.slice(0, 20), OK.slice(20));
  const connection = await opened(socket);
  assertEquals(await connection.exchange(TARGET), null);
  assertEquals(socket.written, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  assertEquals([connection.parser.status, connection.parser.body_bytes], [200, 2]);
  assertEquals([connection.is_open, socket.closed], [true, 0]);
  connection.close();
});

Deno.test("HttpConnection carries one exchange after another", async () => {
  const connection = await opened(new ScriptedSocket(OK, OK.replace("200", "404")));
  assertEquals([await connection.exchange(TARGET), connection.parser.status], [null, 200]);
  assertEquals([await connection.exchange(TARGET), connection.parser.status], [null, 404]);
  connection.close();
});

const BROKEN: [name: string, pieces: (string | null | Error)[], kind: ErrorKind][] = [
  ["the server closes before the answer", [null], "closed_early"],
  ["the server closes inside the answer", [OK.slice(0, -1), null], "closed_early"],
  ["the connection breaks before the answer", [new Deno.errors.ConnectionReset()], "reset"],
  ["the connection breaks inside the answer", ["HTTP", new Error("broken")], "reset"],
  ["the answer is not HTTP", ["220 mail ready\r\n\r\n"], "bad_status_line"],
  ["more comes than the answer", [OK + "!"], "unexpected_bytes"],
];

for (const [name, pieces, kind] of BROKEN) {
  Deno.test(`HttpConnection says ${kind} and closes where ${name}`, async () => {
    const socket = new ScriptedSocket(...pieces);
    const connection = await opened(socket);
    assertEquals(await connection.exchange(TARGET), kind);
    assertEquals([connection.is_open, socket.closed, connection.failures], [false, 1, 1]);
  });
}

Deno.test("HttpConnection says reset where the request cannot be written", async () => {
  const socket = new ScriptedSocket();
  socket.write = () => Promise.reject(new Deno.errors.BrokenPipe());
  const connection = await opened(socket);
  assertEquals(await connection.exchange(TARGET), "reset");
});

Deno.test("HttpConnection.expire() ends an exchange only after its timeout", async () => {
  const socket = new ScriptedSocket("HTTP/1.1 200 OK\r\n");
  const connection = new HttpConnection({
    dial: () => Promise.resolve(socket),
    now: () => 1_000,
    response_timeout_ms: 50,
  });
  await connection.open();
  const exchange = connection.exchange(TARGET);
  connection.expire(1_050);
  assertEquals(connection.is_open, true);
  connection.expire(1_051);
  assertEquals(await exchange, "timeout");
  assertEquals([connection.is_open, socket.closed], [false, 1]);
});

Deno.test("HttpConnection.expire() leaves an idle connection alone", async () => {
  const connection = await opened(new ScriptedSocket(OK));
  await connection.exchange(TARGET);
  connection.expire(1e9);
  assertEquals(connection.is_open, true);
  connection.close();
});

Deno.test("HttpConnection closes after an answer that says so, without an error", async () => {
  const connection = await opened(
    new ScriptedSocket("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
  );
  assertEquals(await connection.exchange(TARGET), null);
  assertEquals([connection.is_open, connection.failures], [false, 0]);
});

Deno.test("HttpConnection takes the server's close as the end of a body without length", async () => {
  const connection = await opened(new ScriptedSocket("HTTP/1.1 200 OK\r\n\r\nall", null));
  assertEquals(await connection.exchange(TARGET), null);
  assertEquals([connection.parser.body_bytes, connection.is_open], [3, false]);
});

Deno.test("HttpConnection.exchange() on a closed connection is a mistake of the caller", async () => {
  const connection = new HttpConnection({ dial: () => Promise.reject(), now: () => 0 });
  await assertRejects(() => connection.exchange(TARGET), TypeError, "open it");
});

Deno.test("HttpConnection.open() tells a refused connection from another failure", async () => {
  for (
    const [error, kind] of [
      [new Deno.errors.ConnectionRefused(), "connect_refused"],
      [new Error("no route"), "connect_failed"],
    ] as const
  ) {
    const connection = new HttpConnection({ dial: () => Promise.reject(error), now: () => 0 });
    assertEquals([await connection.open(), connection.failures], [kind, 1]);
  }
});

Deno.test("HttpConnection.open() gives up in time and closes a socket that comes too late", async () => {
  const dialing = Promise.withResolvers<Socket>();
  const connection = new HttpConnection({
    dial: () => dialing.promise,
    now: () => 0,
    connect_timeout_ms: 1,
  });
  assertEquals(await connection.open(), "connect_timeout");
  const socket = new ScriptedSocket();
  dialing.resolve(socket);
  await dialing.promise;
  await Promise.resolve();
  assertEquals([connection.is_open, socket.closed], [false, 1]);
});

Deno.test("HttpConnection counts failures in a row and forgets them after an answer", async () => {
  const sockets = [new ScriptedSocket(null), new ScriptedSocket(null), new ScriptedSocket(OK)];
  const connection = new HttpConnection({
    dial: () => Promise.resolve(sockets.shift()!),
    now: () => 0,
  });
  const failures: number[] = [];
  for (let i = 0; i < 3; i++) {
    await connection.open();
    await connection.exchange(TARGET);
    failures.push(connection.failures);
  }
  assertEquals(failures, [1, 2, 0]);
  connection.close();
});
