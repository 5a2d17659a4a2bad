import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { joinBytes, withStart } from "../../platform/mod.ts";
import { bytesOf, latin1, utf16 } from "../testing/bodies.ts";
import { asUtf8, charsetLabel, charsetOf } from "./charset.ts";
import { PollError } from "./poll_error.ts";

const CSV = 'switch_id,Temp °C,"Ort"\nKöln,41,"Straße"\nMünchen,39,é\n'.repeat(4);

const LABELS: [header: string | null, label: string | null][] = [
  [null, null],
  ["text/csv", null],
  ["text/csv; charset=ISO-8859-1", "ISO-8859-1"],
  ['text/csv;header=present;CHARSET="iso-8859-1"', "iso-8859-1"],
  ["text/csv ; charset = latin1 ; x=y", "latin1"],
  ['text/csv; x="a; charset=b, c"; charset=utf-8', "utf-8"],
  ['text/csv; charset="l\\atin1"', "latin1"],
  ['text/csv; charset="latin1', "latin1"],
  ["text/csv; charset=", null],
  ["text/csv; xcharset=a; charset2=b", null],
  ["text/csv; charset=utf-8; charset=latin1", "utf-8"],
  ["text/csv; charset=utf-8, text/csv; charset=latin1", "latin1"],
  ["text/csv; charset=latin1, text/csv", "latin1"],
];

for (const [header, label] of LABELS) {
  Deno.test(`charsetLabel reads ${header}`, () => assertEquals(charsetLabel(header), label));
}

for (
  const [label, charset] of [
    [null, "utf-8"],
    ["UTF8", "utf-8"],
    [" latin1 ", "windows-1252"],
    ["us-ascii", "windows-1252"],
    ["ISO-8859-15", "iso-8859-15"],
    ["Shift_JIS", "shift_jis"],
    ["utf-16", "utf-16le"],
    ["GB2312", "gbk"],
  ]
) {
  Deno.test(`charsetOf names the charset of ${label}`, () => {
    assertEquals(charsetOf(label), charset);
  });
}

Deno.test("charsetOf refuses an unknown label by its name, without control characters", () => {
  for (const [label, shown] of [["klingon", '"klingon"'], ["\x9b2J", '"\\u{9b}2J"']]) {
    const { cause_word, message } = assertThrows(() => charsetOf(label), PollError);
    const expected = `Content-Type declares the unknown charset ${shown}: use utf-8`;
    assertEquals([cause_word, message], ["encoding", expected]);
  }
});

async function read(body: Uint8Array, charset: string, chunk_bytes: number): Promise<Uint8Array> {
  async function* chunks() {
    for (let i = 0; i < body.length; i += chunk_bytes) {
      yield await Promise.resolve(body.subarray(i, i + chunk_bytes));
    }
  }
  const read = [];
  for await (const chunk of asUtf8(withStart(chunks(), 64), charset)) read.push(chunk);
  return joinBytes(read);
}

const BODIES: [what: string, charset: string, body: Uint8Array, text: string][] = [
  ["ISO-8859-1", "windows-1252", latin1(CSV), CSV],
  ["windows-1252 with €", "windows-1252", Uint8Array.of(0x80, 0x2c, 0x99), "€,™"],
  ["Shift_JIS", "shift_jis", Uint8Array.of(0x8a, 0xbf, 0x8e, 0x9a, 0x2c, 0x0a), "漢字,\n"],
  ["UTF-16LE without a mark", "utf-16le", utf16(CSV, true), CSV],
  ["UTF-16LE with a mark", "utf-8", utf16(`\ufeff${CSV}`, true), CSV],
  ["UTF-16BE with a mark", "utf-8", utf16(`\ufeff${CSV}🚦`, false), `${CSV}🚦`],
  ["a mark of UTF-16BE declared as UTF-16LE", "utf-16le", utf16(`\ufeff${CSV}`, false), CSV],
  ["a mark of UTF-8 declared as Latin-1", "windows-1252", bytesOf(`\ufeff${CSV}`), `\ufeff${CSV}`],
  ["UTF-8", "utf-8", bytesOf(CSV), CSV],
  ["an empty body", "windows-1252", new Uint8Array(), ""],
  ["a control character", "utf-8", bytesOf("switch_id,\x1b[1m\n"), "switch_id,\x1b[1m\n"],
];

for (const [what, charset, body, text] of BODIES) {
  Deno.test(`asUtf8 reads ${what}, however it is cut`, async () => {
    for (const bytes of [1, 3, 65, 1e9]) {
      assertEquals(await read(body, charset, bytes), bytesOf(text));
    }
  });
}

Deno.test("asUtf8 leaves invalid bytes in UTF-8 as they are", async () => {
  const body = latin1(CSV);
  assertEquals(await read(body, "utf-8", 1e9), body);
});

const sjis_torn = joinBytes([bytesOf("switch_id,a\n".repeat(9)), Uint8Array.of(0x8a)]);

for (
  const [what, charset, body, message] of [
    [
      "torn Shift_JIS",
      "shift_jis",
      sjis_torn,
      "the body is not shift_jis: invalid after 109 bytes",
    ],
    ["an odd byte in UTF-16", "utf-16le", utf16(CSV, true).subarray(1), "the body is not utf-16le"],
    ["gzip", "utf-8", new Uint8Array(gzipSync(CSV)), "the body looks gzip-compressed, which no"],
    [
      "gzip declared as Latin-1",
      "windows-1252",
      new Uint8Array(gzipSync(CSV)),
      "the body looks gzip",
    ],
    ["UTF-16 without mark and charset", "utf-8", utf16(CSV, true), "the body looks like UTF-16LE"],
    ["UTF-32", "utf-8", Uint8Array.of(0xff, 0xfe, 0, 0, 65, 0, 0, 0), "the body looks like UTF-32"],
    ["a NUL", "utf-8", new TextEncoder().encode("switch_id\0"), "a NUL character after 9 bytes"],
    [
      "other bytes",
      "utf-8",
      Uint8Array.of(0xb5, 1, 2, 3),
      "not text: it begins with bytes b5 01 02",
    ],
  ] as const
) {
  Deno.test(`asUtf8 refuses ${what} by name`, async () => {
    const error = await assertRejects(() => read(body, charset, 1e9), PollError);
    assertEquals(
      [error.cause_word, error.message.includes(message)],
      ["encoding", true],
      error.message,
    );
  });
}
