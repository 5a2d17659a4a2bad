import { assert, assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";
import { joinBytes } from "../bytes.ts";
import { type Coding, ContentCodingError } from "./content_encoding.ts";
import { decodeContent } from "./decode_content.ts";

const BYTES_MAX = 1_000_000;
const TEXT = Array.from({ length: 200 }, (_, n) => `sw-${n},${n * 17 % 91}\n`).join("");

const [first, second] = [TEXT.slice(0, 700), TEXT.slice(700)].map((text) => copy(gzipSync(text)));
const nothing = copy(gzipSync(""));
const deflate = copy(deflateSync(TEXT));
const raw = copy(deflateRawSync(TEXT));
const br = copy(brotliCompressSync(TEXT));

/** Node's buffers share memory. */
function copy(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

/** Each chunk is in the memory of the one before, as a poller reads them. */
async function* chunksOf(body: Uint8Array, bytes: number) {
  const memory = new Uint8Array(Math.min(bytes, body.length));
  for (let i = 0; i < body.length; i += bytes) {
    const chunk = body.subarray(i, i + bytes);
    memory.set(chunk);
    yield await Promise.resolve(memory.subarray(0, chunk.length));
  }
}

async function decoded(body: Uint8Array, codings: Coding[], chunk_bytes = 1e9): Promise<string> {
  const chunks = [];
  for await (const chunk of decodeContent(chunksOf(body, chunk_bytes), codings, BYTES_MAX)) {
    chunks.push(chunk.slice());
  }
  return new TextDecoder().decode(joinBytes(chunks));
}

function flipped(body: Uint8Array, at: number): Uint8Array {
  return body.with(at < 0 ? body.length + at : at, body.at(at)! ^ 1) as Uint8Array;
}

const WHOLE: [what: string, codings: Coding[], body: Uint8Array, text?: string][] = [
  ["one gzip member", ["gzip"], copy(gzipSync(TEXT))],
  ["two gzip members", ["gzip"], joinBytes([first, second])],
  ["empty gzip members", ["gzip"], joinBytes([nothing, first, nothing, second, nothing])],
  ["gzip members of a byte", ["gzip"], joinBytes([...TEXT].map((char) => gzipSync(char)))],
  ["gzip with zero padding", ["gzip"], joinBytes([first, second, new Uint8Array(600)])],
  ["an empty gzip member", ["gzip"], nothing, ""],
  ["deflate as zlib", ["deflate"], deflate],
  ["raw deflate", ["deflate"], raw],
  ["br", ["br"], br],
  ["gzip in gzip", ["gzip", "gzip"], copy(gzipSync(joinBytes([first, second])))],
  ["deflate, then br", ["deflate", "br"], copy(brotliCompressSync(deflate))],
  ["br, then gzip", ["br", "gzip"], copy(gzipSync(br))],
  ["an empty body", ["gzip"], new Uint8Array(), ""],
  ["no coding", [], new TextEncoder().encode(TEXT)],
];

for (const [what, codings, body, text = TEXT] of WHOLE) {
  Deno.test(`decodeContent decodes ${what}, however it is cut`, async () => {
    for (const bytes of [1, 2, 7, 64, 1e9]) assertEquals(await decoded(body, codings, bytes), text);
  });
}

for (
  const [coding, body] of [
    ["gzip", joinBytes([first, second])],
    ["deflate", deflate],
    ["deflate", raw],
    ["br", br],
  ] as const
) {
  Deno.test(`decodeContent takes no part of a ${coding} body for all (${body.length})`, async () => {
    for (let length = 1; length < body.length; length++) {
      const cut = body.subarray(0, length);
      if (coding === "gzip" && length === first.length) continue;
      await assertRejects(() => decoded(cut, [coding]), ContentCodingError);
    }
  });
}

const REFUSED: [what: string, coding: Coding, body: Uint8Array, fault: string, message: string][] =
  [
    ["a cut gzip trailer", "gzip", first.subarray(0, -1), "truncated", "gzip data ends before"],
    [
      "a cut second member",
      "gzip",
      joinBytes([first, second.subarray(0, -9)]),
      "truncated",
      "gzip",
    ],
    ["a cut second header", "gzip", joinBytes([first, second.subarray(0, 1)]), "truncated", "gzip"],
    ["a wrong CRC", "gzip", flipped(first, -5), "damaged", "incorrect data check"],
    [
      "a wrong second CRC",
      "gzip",
      joinBytes([first, flipped(second, -5)]),
      "damaged",
      "data check",
    ],
    ["a wrong second ISIZE", "gzip", joinBytes([first, flipped(second, -1)]), "damaged", "length"],
    [
      "bytes after gzip",
      "gzip",
      joinBytes([first, br]),
      "damaged",
      "followed by bytes that are not gzip",
    ],
    [
      "a line end after gzip",
      "gzip",
      joinBytes([first, new TextEncoder().encode("\n")]),
      "damaged",
      "followed by bytes that are not gzip",
    ],
    [
      "a member after zero padding",
      "gzip",
      joinBytes([first, new Uint8Array(9), second]),
      "damaged",
      "gzip data is followed by",
    ],
    ["a wrong Adler-32", "deflate", flipped(deflate, -1), "damaged", "incorrect data check"],
    ["bytes after deflate", "deflate", joinBytes([deflate, deflate]), "damaged", "followed by"],
    [
      "bytes after raw deflate",
      "deflate",
      joinBytes([raw, new Uint8Array(1)]),
      "damaged",
      "bytes 00",
    ],
    ["bytes after br", "br", joinBytes([br, br]), "damaged", "br data is followed by bytes"],
    [
      "text declared as gzip",
      "gzip",
      new TextEncoder().encode("switch_id,m\nsw-0,1\n"),
      "mismatch",
      'Content-Encoding declares gzip, but the body begins with "switch_id,m\\nsw-0,1\\n"',
    ],
    ["text declared as br", "br", new TextEncoder().encode(TEXT), "mismatch", "declares br"],
    ["text declared as deflate", "deflate", new TextEncoder().encode(TEXT), "mismatch", "deflate"],
    ["gzip declared as br", "br", first, "mismatch", "declares br, but the body begins with gzip"],
    ["gzip declared as deflate", "deflate", first, "mismatch", "begins with gzip"],
    ["zlib declared as gzip", "gzip", deflate, "mismatch", "begins with deflate (zlib)"],
    ["zstd declared as gzip", "gzip", copy(zstdCompressSync(TEXT)), "mismatch", "begins with zstd"],
  ];

for (const [what, coding, body, fault, message] of REFUSED) {
  Deno.test(`decodeContent refuses ${what}`, async () => {
    for (const bytes of [1, 50, 1e9]) {
      const error = await assertRejects(() => decoded(body, [coding], bytes), ContentCodingError);
      assertEquals(error.fault, fault, error.message);
      assertStringIncludes(error.message, message);
      assert(!/[^\x20-\x7e]/.test(error.message), error.message);
    }
  });
}

for (
  const [coding, bomb] of [
    ["gzip", gzipSync(new Uint8Array(50_000_000))],
    ["deflate", deflateSync(new Uint8Array(50_000_000))],
    ["br", brotliCompressSync(new Uint8Array(50_000_000))],
  ] as const
) {
  Deno.test(`decodeContent ends a ${coding} bomb at the limit`, async () => {
    const body = decodeContent(chunksOf(copy(bomb), 1e9), [coding], BYTES_MAX);
    let bytes = 0;
    const error = await assertRejects(async () => {
      for await (const chunk of body) bytes += chunk.length;
    }, ContentCodingError);
    assertEquals(error.fault, "too_large");
    assertLess(bytes, BYTES_MAX + 1);
  });
}

Deno.test("decodeContent limits what each of several codings decodes to", async () => {
  const members = joinBytes(Array.from({ length: 100_000 }, () => nothing));
  const error = await assertRejects(() => decoded(gzipSync(members), ["gzip", "gzip"]));
  assertEquals((error as ContentCodingError).fault, "too_large");
});

Deno.test("decodeContent gives other work of the thread its turn", async () => {
  const body = decodeContent(chunksOf(gzipSync(new Uint8Array(50_000_000)), 1e9), ["gzip"], 1e9);
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  for await (const _ of body);
  clearInterval(timer);
  assertLess(4, turns);
});

Deno.test("decodeContent stops reading when its reader leaves", async () => {
  let is_closed = false;
  async function* endless() {
    try {
      for (;;) yield await Promise.resolve(first);
    } finally {
      is_closed = true;
    }
  }
  for await (const _ of decodeContent(endless(), ["gzip"], BYTES_MAX)) break;
  assert(is_closed);
});
