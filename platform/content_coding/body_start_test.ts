import { assert, assertEquals } from "@std/assert";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describeStart, formatOf, hasZlibHeader, isText } from "./body_start.ts";

const CSV = "switch_id,temp\nsw-0,41\n".repeat(3);

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function utf16(text: string, little_endian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), little_endian);
  return new Uint8Array(view.buffer);
}

const FORMATS: [what: string, start: Uint8Array, format: string | null, shown: string][] = [
  ["CSV", bytesOf(CSV), null, '"switch_id,temp\\nsw-0,"'],
  ["nothing", new Uint8Array(), null, '""'],
  ["gzip", gzipSync(CSV), "gzip", "gzip"],
  ["zlib", deflateSync(CSV), "deflate (zlib)", "deflate (zlib)"],
  ["zlib of level 1", deflateSync(CSV, { level: 1 }), "deflate (zlib)", "deflate (zlib)"],
  ["text that begins as zlib does", bytesOf("x^2,switch_id\n"), null, '"x^2,switch_id\\n"'],
  ["zstd", zstdCompressSync(CSV), "zstd", "zstd"],
  ["zip", bytesOf("PK\x03\x04"), "zip", "zip"],
  ["a name with BZh", bytesOf("BZh91,switch_id"), null, '"BZh91,switch_id"'],
  ["UTF-16LE without a mark", utf16(CSV, true), "UTF-16LE", "UTF-16LE"],
  ["UTF-16BE without a mark", utf16(CSV, false), "UTF-16BE", "UTF-16BE"],
  ["UTF-32", new Uint8Array([0xff, 0xfe, 0, 0, 0x73, 0, 0, 0]), "UTF-32", "UTF-32"],
  ["controls", bytesOf("\x1b[2J\x07"), null, "bytes 1b 5b 32 4a 07"],
  ["Latin-1", new Uint8Array([0x54, 0xb0, 0x2c]), null, "bytes 54 b0 2c"],
];

for (const [what, start, format, shown] of FORMATS) {
  Deno.test(`formatOf and describeStart recognise ${what}`, () => {
    assertEquals([formatOf(start), describeStart(start)], [format, shown]);
  });
}

Deno.test("isText accepts white space and bytes above ASCII, not controls", () => {
  assert(isText(bytesOf("Köln\t°C\r\n\f")));
  for (const control of ["\0", "\x08", "\x0e", "\x1f", "\x7f"]) assert(!isText(bytesOf(control)));
});

Deno.test("hasZlibHeader checks method, window and check bits", () => {
  const headers = [[0x78, 0x9c], [0x78, 0x01], [0x08, 0x1d], [0x78, 0x9d], [0x88, 0x1c], [0x78]];
  assertEquals(
    headers.map((header) => hasZlibHeader(new Uint8Array(header))),
    [true, true, true, false, false, false],
  );
});
