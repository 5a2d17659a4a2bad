import { assert, assertEquals } from "@std/assert";
import type { ParseFault } from "./error_kinds.ts";
import {
  CHUNK_LINE_BYTES_MAX,
  HEAD_BYTES_MAX,
  INFORMATIONAL_RESPONSES_MAX,
  TRAILER_BYTES_MAX,
} from "./limits.ts";
import { ResponseParser } from "./response_parser.ts";

interface Whole {
  name: string;
  wire: string;
  is_head?: boolean;
  status: number;
  body: string;
  keep_alive?: boolean;
}

const CHUNKED = "Transfer-Encoding: chunked";

const WHOLE: Whole[] = [
  { name: "a body of a known length", wire: answer("Content-Length: 5", "hello"), body: "hello" },
  { name: "an empty body", wire: answer("content-length: 0", ""), body: "" },
  { name: "spaces around a length", wire: answer("CONTENT-LENGTH: \t 2 ", "ok"), body: "ok" },
  { name: "the same length twice", wire: answer("Content-Length: 2\r\ncontent-length: 2", "ok") },
  {
    name: "a chunked body",
    wire: answer("Transfer-Encoding: chunked", "3\r\nabc\r\n00a;x=y\r\n0123456789\r\n0\r\n\r\n"),
    body: "abc0123456789",
  },
  {
    name: "a chunked body with trailers",
    wire: answer("transfer-encoding: Chunked", "2 \r\nok\r\n0\r\nA: b\r\nC: \rd\r\n\r\n"),
  },
  { name: "no reason phrase", wire: "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok" },
  {
    name: "headers with similar names",
    wire: answer("Content-Lengti: 9\r\nConnectiom: close\r\nX: content-length: 7", "", 204),
    status: 204,
    body: "",
  },
  { name: "204 has no body", wire: answer("Content-Length: 5", "", 204), status: 204, body: "" },
  { name: "304 has no body", wire: answer("Content-Length: 5", "", 304), status: 304, body: "" },
  {
    name: "HEAD has no body",
    wire: answer("Content-Length: 5", ""),
    is_head: true,
    body: "",
  },
  {
    name: "informational answers come before the final one",
    wire: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" +
      answer("Content-Length: 2", "ok", 404),
    status: 404,
  },
  {
    name: "Connection: close",
    wire: answer("Connection: Close\r\nContent-Length: 2", "ok"),
    keep_alive: false,
  },
  ...["close, foo", "upgrade, close", "keep-alive ,\tClose", ",close,"].map((options) => ({
    name: `Connection: ${options}`,
    wire: answer(`Connection: ${options}\r\nContent-Length: 2`, "ok"),
    keep_alive: false,
  })),
  {
    name: "Connection: close, which a later keep-alive does not take back",
    wire: answer("Connection: close\r\nConnection: keep-alive\r\nContent-Length: 2", "ok"),
    keep_alive: false,
  },
  {
    name: "Connection options that only hold the word close",
    wire: answer("Connection: closed, x-close, not close\r\nContent-Length: 2", "ok"),
  },
  {
    name: "HTTP/1.0 may keep alive in a list",
    wire: "HTTP/1.0 200 OK\r\nConnection: foo, keep-alive\r\nContent-Length: 2\r\n\r\nok",
  },
  {
    name: "HTTP/1.0 closes",
    wire: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    keep_alive: false,
  },
  {
    name: "HTTP/1.0 may keep alive",
    wire: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
  },
].map((row) => ({ status: 200, body: "ok", keep_alive: true, ...row }));

const BROKEN: [name: string, wire: string, fault: ParseFault][] = [
  ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "bad_status_line"],
  ["an empty line first", "\r\n\r\n", "bad_status_line"],
  ["HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", "bad_status_line"],
  ["HTTP/1.2", "HTTP/1.2 200 OK\r\n\r\n", "bad_status_line"],
  ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", "bad_status_line"],
  ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "bad_status_line"],
  ["a status below 100", "HTTP/1.1 099 OK\r\n\r\n", "bad_status_line"],
  ["a status from 600", "HTTP/1.1 600 OK\r\n\r\n", "bad_status_line"],
  ["a status line that ends in LF", "HTTP/1.1 200 OK\nA: b\r\n\r\n", "bad_status_line"],
  ["a header without a name", answer(": b", ""), "bad_header"],
  ["a space before the colon", answer("A : b", ""), "bad_header"],
  ["a header without a colon", answer("A", ""), "bad_header"],
  ["a folded header", answer("A: b\r\n c", ""), "bad_header"],
  ["a header that ends in LF", answer("A: b\nC: d", ""), "bad_header"],
  ["a CR inside a value", answer("A: b\rc", ""), "bad_header"],
  ["a CR too many at a line's end", answer("A: b\r", ""), "bad_header"],
  ["a NUL inside a value", answer("A: b\0c", ""), "bad_header"],
  ["no length at all in digits", answer("Content-Length: ", ""), "bad_content_length"],
  ["a negative length", answer("Content-Length: -1", ""), "bad_content_length"],
  ["a length in hex", answer("Content-Length: 0x10", ""), "bad_content_length"],
  ["a list of lengths", answer("Content-Length: 2, 2", ""), "bad_content_length"],
  ["a length beyond 2^53", answer("Content-Length: 9999999999999999", ""), "bad_content_length"],
  [
    "two different lengths",
    answer("Content-Length: 2\r\nContent-Length: 3", ""),
    "bad_content_length",
  ],
  [
    "two framings of one body",
    answer("Content-Length: 2\r\nTransfer-Encoding: chunked", ""),
    "both_lengths",
  ],
  ["gzip as transfer coding", answer("Transfer-Encoding: gzip", ""), "bad_transfer_encoding"],
  ["chunked twice", answer(`${CHUNKED}\r\n${CHUNKED}`, ""), "bad_transfer_encoding"],
  ["a chunk without a size", answer(CHUNKED, "\r\n"), "bad_chunk"],
  ["a chunk size that is no number", answer(CHUNKED, "x\r\n"), "bad_chunk"],
  ["a chunk size followed by letters", answer(CHUNKED, "1g\r\n"), "bad_chunk"],
  ["a chunk size line without LF", answer(CHUNKED, "1\ra"), "bad_chunk"],
  ["a chunk extension that ends in LF", answer(CHUNKED, "1;a\n"), "bad_chunk"],
  ["a chunk longer than its size", answer(CHUNKED, "1\r\nabc"), "bad_chunk"],
  ["a chunk that ends in LF", answer(CHUNKED, "1\r\na\n"), "bad_chunk"],
  ["a chunk that ends in CR only", answer(CHUNKED, "1\r\na\rb"), "bad_chunk"],
  [
    "an endless chunk line",
    answer(CHUNKED, "1;" + "a".repeat(CHUNK_LINE_BYTES_MAX)),
    "bad_chunk",
  ],
  ["endless trailers", answer(CHUNKED, "0\r\n" + "a".repeat(TRAILER_BYTES_MAX + 1)), "bad_chunk"],
  ["an endless head", `HTTP/1.1 200 OK\r\nA: ${"b".repeat(HEAD_BYTES_MAX)}`, "head_too_large"],
  [
    "a whole head that is too long",
    answer(`A: ${"b".repeat(HEAD_BYTES_MAX)}`, ""),
    "head_too_large",
  ],
  [
    "endless informational responses",
    "HTTP/1.1 100 Continue\r\n\r\n".repeat(INFORMATIONAL_RESPONSES_MAX + 1),
    "too_many_informational",
  ],
  ["an upgrade without a request", "HTTP/1.1 101 Switching\r\n\r\n", "unexpected_upgrade"],
];

function answer(headers: string, body: string, status = 200): string {
  return `HTTP/1.1 ${status} Some reason\r\nDate: now\r\n${headers}\r\n\r\n${body}`;
}

/** Feeds the chunks as reads deliver them; returns the number of bytes used. */
function read(parser: ResponseParser, pieces: Uint8Array[], is_head = false): number {
  parser.begin(is_head);
  let used = 0;
  for (const piece of pieces) used += parser.feed(piece, 0, piece.length);
  return used;
}

function collecting(body_bytes_max?: number) {
  const got = { head: "", body: "" };
  const parser = new ResponseParser({
    onHead: (bytes) => got.head += new TextDecoder().decode(bytes),
    onBody: (bytes) => got.body += new TextDecoder().decode(bytes),
  }, body_bytes_max);
  return { parser, got };
}

/** Every cut into two chunks, and a chunk for each byte. */
function* cuts(wire: string): Generator<Uint8Array[]> {
  const bytes = new TextEncoder().encode(wire);
  for (let i = 0; i <= bytes.length; i++) yield [bytes.subarray(0, i), bytes.subarray(i)];
  yield Array.from(bytes, (byte) => Uint8Array.of(byte));
}

for (const { name, wire, is_head, status, body, keep_alive } of WHOLE) {
  Deno.test(`ResponseParser reads ${name}, cut at every byte`, () => {
    for (const pieces of cuts(wire)) {
      const { parser, got } = collecting();
      assertEquals(read(parser, pieces, is_head), wire.length);
      assertEquals([parser.fault, parser.done, parser.status], [null, true, status]);
      assertEquals([got.body, parser.body_bytes], [body, body.length]);
      assertEquals(parser.keep_alive, keep_alive);
      assert(got.head.startsWith("HTTP/1.") && got.head.endsWith("\r\n\r\n"));
    }
  });
}

Deno.test("ResponseParser finds the end of a head at any alignment of its line ends", () => {
  for (let lines = 1; lines <= 3; lines++) {
    for (let pad = 0; pad < 16; pad++) {
      const headers = Array.from({ length: lines }, (_, i) => `X${i}: ${"x".repeat(pad % 4 + i)}`);
      const wire = answer(`${headers.join("\r\n")}\r\nContent-Length: 2`, "ok");
      const bytes = new TextEncoder().encode("\n".repeat(pad >> 2) + wire);
      const { parser, got } = collecting();
      parser.begin(false);
      assertEquals(parser.feed(bytes, pad >> 2, bytes.length), bytes.length, wire);
      assertEquals([parser.done, got.head, got.body], [true, wire.slice(0, -2), "ok"]);
    }
  }
});

for (const [name, wire, fault] of BROKEN) {
  Deno.test(`ResponseParser refuses ${name} as ${fault}`, () => {
    const all = wire.length > 500 ? [[new TextEncoder().encode(wire)]] : cuts(wire);
    for (const pieces of all) {
      const parser = new ResponseParser();
      read(parser, pieces);
      assertEquals([parser.failed, parser.done, parser.fault], [true, false, fault]);
      assertEquals(parser.end(), false);
    }
  });
}

Deno.test("ResponseParser is not done before the last byte of any response", () => {
  for (const { wire, is_head } of WHOLE) {
    const bytes = new TextEncoder().encode(wire);
    const parser = new ResponseParser();
    read(parser, [bytes.subarray(0, -1)], is_head);
    assertEquals([parser.done, parser.failed, parser.end()], [false, false, false], wire);
  }
});

Deno.test("ResponseParser leaves the bytes after a response for the next one", () => {
  const wire = answer("Content-Length: 2", "ok") + answer(CHUNKED, "1\r\nx\r\n0\r\n\r\n", 404);
  const bytes = new TextEncoder().encode(wire);
  const parser = new ResponseParser();
  parser.begin(false);
  const used = parser.feed(bytes, 0, bytes.length);
  assertEquals([parser.done, parser.status, used < bytes.length], [true, 200, true]);
  parser.begin(false);
  assertEquals(parser.feed(bytes, used, bytes.length), bytes.length);
  assertEquals([parser.done, parser.status, parser.body_bytes], [true, 404, 1]);
});

Deno.test("ResponseParser reads a body without a length until the server closes", () => {
  const { parser, got } = collecting();
  const wire = new TextEncoder().encode(answer("A: b", "until the end"));
  read(parser, [wire.subarray(0, -4), wire.subarray(-4)]);
  assertEquals([parser.done, got.body], [false, "until the end"]);
  assertEquals([parser.end(), parser.done, parser.keep_alive], [true, true, false]);
});

Deno.test("ResponseParser refuses a body over its limit in every framing", () => {
  const framed = ["Content-Length: 11", CHUNKED, "A: b"];
  const bodies = ["", "6\r\nabcdef\r\n5\r\n", "abcdefghijk"];
  framed.forEach((header, i) => {
    const parser = new ResponseParser(null, 10);
    read(parser, [new TextEncoder().encode(answer(header, bodies[i]))]);
    assertEquals(parser.fault, "body_too_large", header);
  });
});

Deno.test("ResponseParser accepts a body of exactly its limit", () => {
  for (
    const wire of [
      answer("Content-Length: 10", "0123456789"),
      answer(CHUNKED, "a\r\n0123456789\r\n0\r\n\r\n"),
      answer("A: b", "0123456789"),
    ]
  ) {
    const parser = new ResponseParser(null, 10);
    read(parser, [new TextEncoder().encode(wire)]);
    assertEquals([parser.end(), parser.body_bytes], [true, 10]);
  }
});

Deno.test("ResponseParser allocates nothing for a response in one read", () => {
  const bytes = new TextEncoder().encode(answer("Content-Length: 5", "hello"));
  const parser = new ResponseParser();
  const answers = 100_000;
  const run = () => {
    const before = Deno.memoryUsage().heapUsed;
    for (let i = 0; i < answers; i++) {
      parser.begin(false);
      parser.feed(bytes, 0, bytes.length);
    }
    return Deno.memoryUsage().heapUsed - before;
  };
  // The smallest object takes 12 bytes. Early runs still compile; a GC only lowers the growth.
  const grown_bytes = Math.min(run(), run(), run());
  assert(grown_bytes < answers * 4, `${grown_bytes} bytes for ${answers} answers`);
});
