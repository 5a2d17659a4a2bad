import { assertEquals, assertNotEquals } from "@std/assert";
import { keyedHash, keyedHashText } from "./hash.ts";

/** HalfSipHash-2-4 of the bytes 0, 1, 2, … under the key 00 01 … 07, from its authors' vectors. */
const SIP_VECTORS = [
  "a9359f5b",
  "27475ab8",
  "fa62a603",
  "8afee704",
  "2a6e4689",
  "c5fab669",
  "5863fc23",
  "8bcf63c5",
  "d0b8848f",
];

const KEY = { low: 0x03020100, high: 0x07060504 };

Deno.test("keyedHash matches HalfSipHash's test vectors at every length of the last word", () => {
  const bytes = Uint8Array.from({ length: SIP_VECTORS.length }, (_, i) => i);
  SIP_VECTORS.forEach((vector, length) => {
    const hash = new DataView(new ArrayBuffer(4));
    hash.setUint32(0, keyedHash(KEY, bytes, 0, length, [2, 4]), true);
    assertEquals(new Uint8Array(hash.buffer).toHex(), vector, `${length} bytes`);
  });
});

Deno.test("keyedHash covers exactly the bytes between start and end", () => {
  const bytes = new TextEncoder().encode("<sw-007>");
  assertEquals(keyedHash(KEY, bytes, 1, 7), keyedHash(KEY, bytes.slice(1, 7), 0, 6));
});

Deno.test("keyedHashText equals keyedHash at any length, above 127, too", () => {
  for (const length of [0, 3, 24, 256, 257, 1000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => 250 + 7 * i);
    assertEquals(
      keyedHashText(KEY, String.fromCharCode(...bytes)),
      keyedHash(KEY, bytes, 0, length),
    );
  }
});

Deno.test("keyedHash differs between keys", () => {
  const bytes = new TextEncoder().encode("sw-007");
  const hash = keyedHash(KEY, bytes, 0, 6);
  assertNotEquals(keyedHash({ ...KEY, low: 0 }, bytes, 0, 6), hash);
  assertNotEquals(keyedHash({ ...KEY, high: 0 }, bytes, 0, 6), hash);
});
