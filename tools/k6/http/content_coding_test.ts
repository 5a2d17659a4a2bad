import { assertEquals } from "@std/assert";
import * as zlib from "node:zlib";
import { joinBytes } from "../../../platform/mod.ts";
import { iterate, ok } from "../testing/run_script.ts";
import { codingsOf, decodeBody } from "./content_coding.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const gzip = (text: string) => zlib.gzipSync(text);
const zstd = (text: string) => zlib.zstdCompressSync(text);
/** The body with the byte at an index, from the end if negative, changed. */
const damaged = (body: Uint8Array, index: number) =>
  body.map((byte, at) => at === (index + body.length) % body.length ? byte ^ 0x55 : byte);
/** A skippable zstd frame (RFC 8878 §3.1.2). */
const SKIPPABLE = new Uint8Array([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

/** Null for a body that must be refused. */
const BODIES: [what: string, coding: string, parts: Uint8Array[], text: string | null][] = [
  ["all gzip members", "gzip", [gzip("sw-99,9"), gzip("9\nsw-100")], "sw-99,99\nsw-100"],
  ["empty gzip members", "gzip", [gzip(""), gzip("a"), gzip(""), gzip("b"), gzip("")], "ab"],
  ["x-gzip, in any case and with spaces", " X-GZip\t", [gzip("a")], "a"],
  ["gzip with zeros after it", "gzip", [gzip("a"), new Uint8Array(512)], "a"],
  ["gzip with text after it", "gzip", [gzip("a"), bytes("more")], null],
  ["gzip with zeros and text after it", "gzip", [gzip("a"), bytes("\0\0more")], null],
  ["gzip with half a magic number after it", "gzip", [gzip("a"), bytes("\x1f")], null],
  ["a damaged second member", "gzip", [gzip("a"), damaged(gzip("b"), -6)], null],
  ["a wrong length of the second member", "gzip", [gzip("a"), damaged(gzip("b"), -1)], null],
  ["a cut second member", "gzip", [gzip("a"), gzip("b").subarray(0, -1)], null],
  ["text that is not gzip", "gzip", [bytes("a,b\n1,2\n")], null],
  ["deflate with a zlib header", "deflate", [zlib.deflateSync("a")], "a"],
  ["deflate without a header", "deflate", [zlib.deflateRawSync("some text")], "some text"],
  ["deflate with bytes after it", "deflate", [zlib.deflateSync("a"), bytes("b")], null],
  ["raw deflate with bytes after it", "deflate", [zlib.deflateRawSync("a"), bytes("b")], null],
  ["cut deflate", "deflate", [zlib.deflateSync("a").subarray(0, -1)], null],
  ["br", "br", [zlib.brotliCompressSync("a")], "a"],
  ["cut br", "br", [zlib.brotliCompressSync("abc".repeat(9)).subarray(0, -1)], null],
  ["br with bytes after it", "br", [zlib.brotliCompressSync("a"), bytes("b")], null],
  ["all zstd frames", "zstd", [zstd("a"), SKIPPABLE, zstd(""), zstd("b")], "ab"],
  ["cut zstd", "zstd", [zstd("a"), zstd("bbbb").subarray(0, -1)], null],
  ["a cut zstd header", "zstd", [zstd("a"), zstd("b").subarray(0, 5)], null],
  ["a cut skippable frame", "zstd", [zstd("a"), SKIPPABLE.subarray(0, 9)], null],
  ["zstd with bytes after it", "zstd", [zstd("a"), bytes("b")], null],
  ["stacked codings, the last first", "gzip, br", [zlib.brotliCompressSync(gzip("a"))], "a"],
  ["the same coding twice", "gzip,gzip", [zlib.gzipSync(gzip("a"))], "a"],
  ["a damaged inner coding", "gzip, br", [zlib.brotliCompressSync("a")], null],
  ["identity between codings", "identity, gzip,, ", [gzip("a")], "a"],
];

for (const [what, coding, parts, text] of BODIES) {
  Deno.test(`decodeBody ${text === null ? "refuses" : "decodes"} ${what}`, () => {
    const decoded = decodeBody(codingsOf([coding]), joinBytes(parts), 1_000);
    if (text === null) assertEquals(decoded, { failure: "bad_encoding" });
    else assertEquals("bytes" in decoded && new TextDecoder().decode(decoded.bytes), text);
  });
}

for (
  const [coding, encode] of [
    ["gzip", zlib.gzipSync],
    ["deflate", zlib.deflateSync],
    ["br", zlib.brotliCompressSync],
    ["zstd", zlib.zstdCompressSync],
  ] as const
) {
  Deno.test(`a ${coding} body that decodes to more than the limit is refused`, () => {
    const body = encode(new Uint8Array(5_000));
    assertEquals("bytes" in decodeBody([coding], body, 5_000), true);
    assertEquals(decodeBody([coding], body, 4_999), { failure: "body_too_large" });
  });
}

Deno.test("zstd frames share the limit, and codings are at most five", () => {
  const two = joinBytes([zstd("a".repeat(600)), zstd("b".repeat(600))]);
  assertEquals(decodeBody(["zstd"], two, 1_000), { failure: "body_too_large" });
  let body: Uint8Array = bytes("a");
  for (let i = 0; i < 6; i++) body = zlib.gzipSync(body);
  assertEquals(decodeBody(Array(6).fill("gzip"), body, 1_000), { failure: "bad_encoding" });
});

/** A whole answer with these headers. */
const answer = (headers: string, body: Uint8Array) =>
  joinBytes([bytes(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${headers}\r\n`), body]);

Deno.test("a response has its decoded body as text, bytes and JSON; a damaged one fails", async () => {
  const body = joinBytes([gzip('{"a":'), gzip("1}")]);
  const { said, metrics } = await iterate(
    `
    const r = await get("/"), b = await get("/", { responseType: "binary" });
    say(r.body, r.json("a"), new Uint8Array(b.body).length);
    say((await get("/damaged", { responseType: "none" })).status);
    const d = await get("/damaged"); say(d.status, d.error_code, d.body, d.error);`,
    (head) =>
      head.includes("damaged")
        ? answer("Content-Encoding: gzip\r\n", body.subarray(0, -3))
        : answer("content-encoding: gzip\r\n", body),
  );
  assertEquals(said, [
    ['{"a":1}', 1, 7],
    [200],
    [0, 1701, null, "the body does not match its Content-Encoding"],
  ]);
  assertEquals(metrics.http_req_failed.values.passes, 1);
});

Deno.test("codings of several headers are one list; an unknown one is named and kept", async () => {
  const body = zlib.brotliCompressSync(gzip("a"));
  const { said, stderr } = await iterate(
    `
    say((await get("/two")).body, (await get("/unknown")).body, (await get("/unknown")).body);`,
    (head) =>
      head.includes("two")
        ? answer("Content-Encoding: gzip\r\nContent-Encoding: br\r\n", body)
        : ok("raw", "Content-Encoding: compress, gzip\r\n"),
  );
  assertEquals(said, [["a", "raw", "raw"]]);
  assertEquals(
    stderr.match(/The body is not decoded: its Content-Encoding is "compress"/g)?.length,
    1,
  );
});

Deno.test("an empty body with a coding is empty", async () => {
  const { said } = await iterate(
    `const r = await get("/"); say(r.status, r.body);`,
    () => ok("", "Content-Encoding: gzip\r\n"),
  );
  assertEquals(said, [[200, ""]]);
});

Deno.test("compression applies its algorithms in order and sets one Content-Encoding", async () => {
  const { requests, stderr } = await iterate(
    `
    const post = (compression, headers) =>
      http.asyncRequest("POST", __ENV.URL, "body".repeat(50), { compression, headers });
    await post("gzip,br", { "content-encoding": "mine" });
    await post(" ZSTD , deflate");
    await post("");
    await post("lzma");`,
    () => ok(),
  );
  const lines = requests.map((head) => head.match(/^content-encoding: .*/gim) ?? []);
  assertEquals(lines, [["Content-Encoding: gzip, br"], ["Content-Encoding: zstd, deflate"], []]);
  assertEquals(stderr.includes('must be gzip, deflate, br, zstd, or a list, got "lzma"'), true);
});
