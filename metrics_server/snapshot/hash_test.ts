import { assertEquals } from "@std/assert";
import { hashBytes, hashText } from "./hash.ts";

/** Test vectors of FNV-1a with 32 bits, from its authors' page. */
const VECTORS: [text: string, hash: number][] = [
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["foobar", 0xbf9cf968],
];

for (const [text, hash] of VECTORS) {
  Deno.test(`hashText and hashBytes give ${JSON.stringify(text)} the hash of FNV-1a`, () => {
    assertEquals(hashText(text), hash);
    const bytes = new TextEncoder().encode(`<${text}>`);
    assertEquals(hashBytes(bytes, 1, bytes.length - 1), hash);
  });
}

Deno.test("hashText takes each char code for a byte, as hashBytes does above 127, too", () => {
  const bytes = new Uint8Array([0x80, 0xff, 0x00]);
  assertEquals(hashText(String.fromCharCode(...bytes)), hashBytes(bytes, 0, 3));
});
