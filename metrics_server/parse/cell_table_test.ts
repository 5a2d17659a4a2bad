import { assert, assertEquals, assertFalse } from "@std/assert";
import { bytesOf, parseBody } from "../testing/bodies.ts";
import { cellEnd, cellStart, cellText, isUtf8, textOf } from "./cell_table.ts";

Deno.test("cellStart and cellEnd span each cell, its quotes included and its line end not", () => {
  const body = 'switch_id,a,b\r\nsw-0,"1,5",\r\nsw-1,,22';
  const { table } = parseBody(body);
  const cells = [0, 1].map((row) =>
    [0, 1, 2].map((column) =>
      body.slice(cellStart(table, row, column), cellEnd(table, row, column))
    )
  );
  assertEquals(cells, [["sw-0", '"1,5"', ""], ["sw-1", "", "22"]]);
});

/** The same bytes in shared memory, which `TextDecoder` refuses. */
function shared(text: string): Uint8Array {
  const bytes = bytesOf(text);
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

Deno.test("textOf reads ASCII, UTF-8 and long texts from shared memory", () => {
  for (
    const text of ["", "sw-000", "spine/ü €𝛑", "é".repeat(100), "x".repeat(64), "x".repeat(65)]
  ) {
    const bytes = shared(`<${text}>`);
    assertEquals(textOf(bytes, 1, bytes.length - 1), text);
  }
});

Deno.test("textOf keeps a byte order mark inside the body", () => {
  const bytes = shared("\ufeffa");
  assertEquals(textOf(bytes, 0, bytes.length), "\ufeffa");
});

Deno.test("textOf shows broken UTF-8 as U+FFFD", () => {
  assertEquals(textOf(new Uint8Array([0x61, 0xff, 0x62]), 0, 3), "a\ufffdb");
});

Deno.test("isUtf8 rejects broken sequences", () => {
  for (const text of ["", "plain", "ü€𝛑"]) {
    const bytes = shared(text);
    assert(isUtf8(bytes, 0, bytes.length), text);
  }
  const bytes = shared("a€");
  assertFalse(isUtf8(bytes, 0, bytes.length - 1), "cut inside a character");
  assertFalse(isUtf8(new Uint8Array([0x61, 0xff]), 0, 2));
  assertFalse(isUtf8(new Uint8Array([0xc0, 0x80]), 0, 2), "an overlong NUL");
});

const CELLS: [cell: string, text: string][] = [
  ["", ""],
  ["a", "a"],
  ['"', '"'],
  ['"""', '"""'],
  ['"a"b"', '"a"b"'],
  ['""', ""],
  ['"a,b"', "a,b"],
  ['"say ""hi"""', 'say "hi"'],
  ['"line\nline"', "line\nline"],
  [" a ", " a "],
];

for (const [cell, text] of CELLS) {
  Deno.test(`cellText reads ${JSON.stringify(cell)} as ${JSON.stringify(text)}`, () => {
    const bytes = shared(cell);
    assertEquals(cellText(bytes, 0, bytes.length), text);
  });
}
