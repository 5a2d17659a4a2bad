import { assertEquals, assertThrows } from "@std/assert";
import { buildRequest, type RequestParts } from "./request.ts";

Deno.test("buildRequest() writes the wire bytes of a GET", () => {
  const { bytes, is_head } = buildRequest({
    host: "127.0.0.1:8080",
    path: "/a?b=%20",
    headers: [["If-None-Match", '"x-1"']],
  });
  assertEquals(
    new TextDecoder().decode(bytes),
    'GET /a?b=%20 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nIf-None-Match: "x-1"\r\n\r\n',
  );
  assertEquals(is_head, false);
});

Deno.test("buildRequest() adds the length of a body and marks HEAD", () => {
  const post = buildRequest({ method: "POST", host: "h", path: "/", body: Uint8Array.of(65, 66) });
  assertEquals(
    new TextDecoder().decode(post.bytes),
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nAB",
  );
  assertEquals(buildRequest({ method: "HEAD", host: "h", path: "/" }).is_head, true);
});

const REFUSED: [name: string, parts: Partial<RequestParts>, message: string][] = [
  ["a method with a space", { method: "GET /" }, "method must be a token of RFC 9110"],
  ["a path with a line end", { path: "/\r\nX: y" }, "path must be visible ASCII"],
  ["a path with a space", { path: "/a b" }, "path must be visible ASCII"],
  ["a host with a line end", { host: "h\r\nX: y" }, "host must be visible ASCII"],
  ["a header name with a colon", { headers: [["a:", "b"]] }, "header name must be a token"],
  ["a header value with a line end", { headers: [["a", "b\r\nc: d"]] }, "header a must be without"],
];

for (const [name, parts, message] of REFUSED) {
  Deno.test(`buildRequest() refuses ${name}`, () => {
    const whole = { host: "h", path: "/", ...parts };
    assertThrows(() => buildRequest(whole), TypeError, `Cannot build the request: ${message}`);
  });
}
