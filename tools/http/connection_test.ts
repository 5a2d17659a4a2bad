import { assertEquals, assertRejects } from "@std/assert";
import { HttpConnection } from "./connection.ts";
import type { ErrorKind } from "./error_kinds.ts";
import { buildRequest } from "./request.ts";
import type { Socket } from "./connection.ts";

const TARGET = buildRequest({ host: "h", path: "/" });
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** A socket whose reads return the next chunk; null ends it, an error breaks it. */
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

  /** Accepts at most 10 bytes at once: the caller must write the rest. */
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

Deno.test("HttpConnection writes the whole request and reads the whole response", async () => {
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
  ["the server closes before the response", [null], "closed_early"],
  ["the server closes inside the response", [OK.slice(0, -1), null], "closed_early"],
  ["the connection breaks before the response", [new Deno.errors.ConnectionReset()], "reset"],
  ["the connection breaks inside the response", ["HTTP", new Error("broken")], "reset"],
  ["the response is not HTTP", ["220 mail ready\r\n\r\n"], "bad_status_line"],
  ["bytes follow the response", [OK + "!"], "unexpected_bytes"],
];

for (const [name, pieces, kind] of BROKEN) {
  Deno.test(`HttpConnection reports ${kind} and closes when ${name}`, async () => {
    const socket = new ScriptedSocket(...pieces);
    const connection = await opened(socket);
    assertEquals(await connection.exchange(TARGET), kind);
    assertEquals([connection.is_open, socket.closed, connection.failures], [false, 1, 1]);
  });
}

Deno.test("HttpConnection reports reset if the request cannot be written", async () => {
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

Deno.test("HttpConnection closes after `Connection: close`, without an error", async () => {
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

Deno.test("HttpConnection.exchange() throws on a closed connection", async () => {
  const connection = new HttpConnection({ dial: () => Promise.reject(), now: () => 0 });
  await assertRejects(() => connection.exchange(TARGET), TypeError, "open it");
});

Deno.test("HttpConnection.open() distinguishes a refused connect from other failures", async () => {
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

Deno.test("HttpConnection.open() times out and closes a socket that arrives later", async () => {
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

Deno.test("HttpConnection counts consecutive failures and resets them after a response", async () => {
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
