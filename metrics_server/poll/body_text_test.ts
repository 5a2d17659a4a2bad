/** Bodies over HTTP: content and transfer codings, charsets, and where a body ends. */
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { joinBytes } from "../../platform/mod.ts";
import { bytesOf, utf16 } from "../testing/bodies.ts";
import { PollError } from "./poll_error.ts";
import { SourceClient } from "./source_client.ts";
import { fetchReader } from "./source_reader.ts";
import { RawSource } from "./testing/raw_source.ts";

const CSV = `switch_id,x\n${Array.from({ length: 201 }, (_, n) => `sw-${n},${n}\n`).join("")}`;
/** The end of the first member cuts a value: `sw-99,9` of `sw-99,99`. */
const CUT = CSV.indexOf("sw-99,9") + "sw-99,9".length;

const members = joinBytes([gzipSync(CSV.slice(0, CUT)), gzipSync(CSV.slice(CUT))]);
const br = brotliCompressSync(CSV);

type Head = Record<string, string>;

/** Reads an answer; Content-Length is added unless the head has it or Transfer-Encoding. */
async function read(body: Uint8Array, head: Head, bytes_max = 1_000_000) {
  await using source = new RawSource(async (connection) => {
    const framed = Object.keys(head).some((name) => /^(transfer-encoding|connection)$/i.test(name));
    const lines = Object.entries(framed ? head : { ...head, "Content-Length": `${body.length}` });
    const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    await connection.send(`HTTP/1.1 200 OK\r\n${text}\r\n`);
    await connection.send(body);
  });
  using client = new SourceClient();
  const chunks: Uint8Array[] = [];
  const request = { url: source.url, etag: null, timeout_ms: 5000, bytes_max };
  const push = (chunk: Uint8Array) => void chunks.push(chunk.slice());
  const { end_known } = await fetchReader(client.send, () => 0)(request, () => ({ push }));
  return { text: new TextDecoder().decode(joinBytes(chunks)), end_known };
}

const chunked = (body: Uint8Array) =>
  joinBytes([bytesOf(`${body.length.toString(16)}\r\n`), body, bytesOf("\r\n0\r\n\r\n")]);

const READ: [what: string, head: Head, body: Uint8Array, end_known?: boolean][] = [
  ["two gzip members", { "Content-Encoding": "gzip" }, members],
  ["x-gzip", { "content-encoding": "X-GZIP" }, members],
  ["identity", { "Content-Encoding": "identity" }, bytesOf(CSV)],
  ["deflate as zlib", { "Content-Encoding": "deflate" }, deflateSync(CSV)],
  ["raw deflate", { "Content-Encoding": "deflate" }, deflateRawSync(CSV)],
  ["br", { "Content-Encoding": "br" }, brotliCompressSync(CSV)],
  ["gzip in br", { "Content-Encoding": "gzip, br" }, brotliCompressSync(members)],
  [
    "gzip in chunks",
    { "Content-Encoding": "gzip", "Transfer-Encoding": "chunked" },
    chunked(members),
  ],
  ["gzip as transfer coding", { "Transfer-Encoding": "gzip, chunked" }, chunked(members)],
  [
    "gzip to the end of the connection",
    { "Content-Encoding": "gzip", Connection: "close" },
    members,
    false,
  ],
  ["br to the end of the connection", { "Content-Encoding": "br", Connection: "close" }, br],
  [
    "gzip in br to the end of the connection",
    { "Content-Encoding": "gzip, br", Connection: "close" },
    brotliCompressSync(members),
  ],
  ["text to the end of the connection", { Connection: "close" }, bytesOf(CSV), false],
  ["identity as transfer coding", { "Transfer-Encoding": "identity" }, bytesOf(CSV), false],
];

for (const [what, head, body, end_known = true] of READ) {
  Deno.test(`A source's ${what} is read to its end`, async () => {
    assertEquals(await read(body, head), { text: CSV, end_known });
  });
}

const REFUSED: [what: string, head: Head, body: Uint8Array, cause: string, message: string][] = [
  [
    "an unknown coding",
    { "Content-Encoding": "gzip, zstd" },
    members,
    "encoding",
    'Content-Encoding "zstd" is unknown',
  ],
  [
    "an unknown charset",
    { "Content-Type": "text/csv; charset=klingon" },
    bytesOf(CSV),
    "encoding",
    'the unknown charset "klingon"',
  ],
  ["gzip that nothing declares", {}, members, "encoding", "the body looks gzip-compressed"],
  [
    "zlib that nothing declares",
    {},
    deflateSync(CSV),
    "encoding",
    "looks deflate (zlib)-compressed",
  ],
  ["raw deflate that nothing declares", {}, deflateRawSync(CSV), "encoding", "not text: it begins"],
  ["br that nothing declares", {}, brotliCompressSync(CSV), "encoding", "not text: it begins"],
  [
    "gzip declared as br",
    { "Content-Encoding": "br" },
    members,
    "encoding",
    "declares br, but the body begins with gzip",
  ],
  [
    "gzip twice, declared once",
    { "Content-Encoding": "gzip" },
    gzipSync(members),
    "encoding",
    "looks gzip-compressed",
  ],
  [
    "a cut second member",
    { "Content-Encoding": "gzip", Connection: "close" },
    members.subarray(0, -20),
    "truncated",
    "gzip data ends before its end mark",
  ],
  [
    "gzip with other bytes after it",
    { "Content-Encoding": "gzip" },
    joinBytes([members, bytesOf("sw-201,1\n")]),
    "encoding",
    "gzip data is followed by bytes that are not gzip",
  ],
];

for (const [what, head, body, cause, message] of REFUSED) {
  Deno.test(`A source's ${what} is refused by name`, async () => {
    const error = await assertRejects(() => read(body, head), PollError);
    assertEquals(error.cause_word, cause, error.message);
    assertStringIncludes(error.message, message);
    assertEquals(/[^\x20-\x7e]/.test(error.message), false, error.message);
  });
}

for (
  const [what, head, body] of [
    ["gzip", { "Content-Encoding": "gzip" }, gzipSync(CSV.repeat(50))],
    ["UTF-16", { "Content-Type": "text/csv; charset=utf-16" }, utf16(CSV, true)],
    ["Latin-1", { "Content-Type": "text/csv; charset=latin1" }, new Uint8Array(1990).fill(0xe4)],
  ] as [string, Head, Uint8Array][]
) {
  Deno.test(`The size limit counts the UTF-8 of ${what}`, async () => {
    const error = await assertRejects(() => read(body, head, 2000), PollError);
    assertEquals(error.cause_word, "too_large", error.message);
  });
}

Deno.test("A poll's connection is used again after a compressed body", async () => {
  const head =
    `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${members.length}\r\n\r\n`;
  await using source = new RawSource(async (connection) => {
    while (await connection.nextRequest()) {
      await connection.send(joinBytes([bytesOf(head), members]));
    }
  }, { reads_requests: false });
  using client = new SourceClient();
  const reader = fetchReader(client.send, () => 0);
  const request = { url: source.url, etag: null, timeout_ms: 5000, bytes_max: 1_000_000 };
  for (let n = 0; n < 5; n++) await reader(request, () => ({ push() {} }));
  assertEquals(source.connections, 1);
});
