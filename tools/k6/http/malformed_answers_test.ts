import { assertEquals, assertStringIncludes } from "@std/assert";
import { iterate, ok } from "../testing/run_script.ts";
import type { Answer } from "../testing/scripted_server.ts";

const MALFORMED: [what: string, answer: Answer, code: number, error: string][] = [
  ["empty", null, 1000, "unexpected EOF"],
  ["not HTTP", "hello\r\n\r\n", 1000, "bad status line"],
  ["cut in the status line", "HTTP/1.1 20", 1050, "request timeout"],
  ["a header without a colon", "HTTP/1.1 200 OK\r\nbroken\r\n\r\n", 1000, "bad header"],
  [
    "a length that is not a number",
    "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    1000,
    "content length",
  ],
  [
    "two different lengths",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    1000,
    "content length",
  ],
  [
    "both a length and chunks",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    1000,
    "both lengths",
  ],
  [
    "a chunk without a size",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
    1000,
    "chunk",
  ],
  [
    "a body shorter than its length",
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nabc",
    1000,
    "unexpected EOF",
  ],
  ["more than one response", ok("a") + "rest", 1000, "unexpected bytes"],
  ["an upgrade that was not requested", "HTTP/1.1 101 Switching\r\n\r\n", 1000, "upgrade"],
  ["a body that is not gzip", ok("abc", "Content-Encoding: gzip\r\n"), 1701, "Content-Encoding"],
];

for (const [what, answer, code, error] of MALFORMED) {
  Deno.test(`a malformed response (${what}) gives status 0 and error code ${code}`, async () => {
    const { said, stderr, metrics } = await iterate(
      `const r = await get("/", { timeout: 200 }); say(r.status, r.error_code, r.error, r.body);
      JSON.stringify(r);`,
      () => answer,
    );
    const [status, error_code, text, body] = said[0] as [number, number, string, null];
    assertEquals([status, error_code, body], [0, code, null], text);
    assertStringIncludes(text, error);
    assertStringIncludes(stderr, "Request failed: GET http://127.0.0.1");
    assertEquals(metrics.http_req_failed.values.passes, 1);
    assertEquals(metrics.iterations.values.count, 1);
  });
}

Deno.test("responses cut or corrupted at any byte never throw", async () => {
  const whole = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  const seed = Math.trunc(Math.random() * 2 ** 31);
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
  const { metrics } = await iterate(
    `
    for (let i = 0; i < 150; i++) {
      const r = await get("/", { timeout: "100ms", headers: { Connection: "close" } });
      JSON.stringify(r);
      check(r, {
        "failed or complete": ({ status, error, error_code, body }) =>
          status === 0 ? error_code >= 1000 && body === null : error === "" && body !== null,
      });
    }`,
    () => {
      const bytes = new TextEncoder().encode(whole);
      bytes[random(bytes.length)] = random(256);
      const cut = bytes.subarray(0, random(bytes.length + 1));
      return new TextDecoder("latin1").decode(cut) + "\r\nConnection: close\r\n";
    },
  );
  const { passes, fails } = metrics.checks.values;
  assertEquals([passes, fails], [150, 0], `seed ${seed}`);
});
