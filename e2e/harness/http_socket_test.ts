import { assertEquals, assertRejects } from "@std/assert";
import { sendRaw } from "./behaviors.ts";
import { FakeSource } from "./fake_source.ts";
import { HttpSocket } from "./http_socket.ts";

/** Reads a response of these bytes. */
async function reading<T>(bytes: string, read: (socket: HttpSocket) => Promise<T>): Promise<T> {
  await using server = new FakeSource(sendRaw(bytes));
  using socket = await HttpSocket.connect(server.port);
  await socket.sendRequest("/");
  return await read(socket);
}

Deno.test("HttpSocket.read() reads a body with a length, in chunks, or up to the close", async () => {
  const by_length = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
  const in_chunks =
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
  const to_the_end = "HTTP/1.1 200 OK\r\n\r\nabc";
  for (const bytes of [by_length, in_chunks, to_the_end]) {
    const { status, text } = await reading(bytes, (socket) => socket.read());
    assertEquals([status, text], [200, "abc"]);
  }
});

Deno.test("HttpSocket.read() reads no body after HEAD, 204 and 304", async () => {
  const bytes = 'HTTP/1.1 304 Not Modified\r\netag: "a"\r\n\r\n' +
    "HTTP/1.1 204 No Content\r\n\r\n" +
    "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n" +
    "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
  await reading(bytes, async (socket) => {
    const statuses = [];
    for (const method of ["GET", "GET", "HEAD", "GET"]) {
      statuses.push((await socket.read(method)).status);
    }
    assertEquals(statuses, [304, 204, 200, 404]);
  });
});

Deno.test("HttpSocket.read() throws on a truncated response", async () => {
  const cut = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc";
  await assertRejects(() => reading(cut, (socket) => socket.read()), Error, "after 3 of 9 bytes");
  await assertRejects(() => reading("HTTP/1.1 20", (socket) => socket.read()), Error, "closed");
});
