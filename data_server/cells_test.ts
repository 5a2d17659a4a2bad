import { assertEquals, assertMatch } from "@std/assert";
import { switchName } from "../contracts/mod.ts";
import {
  NODE_GUID_BYTES,
  SWITCH_NAME_BYTES_MAX,
  UINT64_DIGITS_MAX,
  writeBytes,
  writeFixed,
  writeNodeGuid,
  writePadded,
  writeSwitchName,
  writeUint31,
  writeUint53,
  writeUint64,
} from "./cells.ts";
import { Sfc32 } from "./random.ts";

const LEFT_ALONE = 0x23; // #
const START = 3;

/** What `write` writes; fails if it touches a byte before or after. */
function written(write: (bytes: Uint8Array, at: number) => number): string {
  const bytes = new Uint8Array(64).fill(LEFT_ALONE);
  const end = write(bytes, START);
  const text = new TextDecoder().decode(bytes);
  assertEquals(text.slice(0, START), "###");
  assertEquals(text.slice(end), "#".repeat(64 - end));
  return text.slice(START, end);
}

/** Both sides of every power of ten and of two, and the bounds. */
function edges(max: bigint): bigint[] {
  const powers = [10n, 2n].flatMap((base) =>
    Array.from({ length: 65 }, (_, n) => base ** BigInt(n))
  );
  const near = powers.flatMap((power) => [power - 1n, power, power + 1n]);
  return [0n, ...near, max].filter((value) => value >= 0n && value <= max);
}

Deno.test("writeUint31 writes 0 … 2^31 − 1 as String() does", () => {
  for (const edge of edges(2n ** 31n - 1n)) {
    assertEquals(written((bytes, at) => writeUint31(bytes, at, Number(edge))), String(edge));
  }
  const random = new Sfc32(1, 0);
  for (let i = 0; i < 5_000; i++) {
    const value = random.uint32() >>> (1 + random.below(30));
    assertEquals(written((bytes, at) => writeUint31(bytes, at, value)), String(value));
  }
});

Deno.test("writeUint53 writes 0 … 2^53 − 1 as String() does", () => {
  for (const edge of edges(2n ** 53n - 1n)) {
    assertEquals(written((bytes, at) => writeUint53(bytes, at, Number(edge))), String(edge));
  }
});

Deno.test("writeUint64 writes every digit up to 2^64 − 1", () => {
  const base = 10n ** 10n;
  for (const edge of [...edges(2n ** 64n - 1n), 2n ** 53n + 1n]) {
    const [high, low] = [Number(edge / base), Number(edge % base)];
    assertEquals(written((bytes, at) => writeUint64(bytes, at, high, low)), String(edge));
  }
});

Deno.test("UINT64_DIGITS_MAX is the length of 2^64 − 1", () => {
  assertEquals(UINT64_DIGITS_MAX, String(2n ** 64n - 1n).length);
});

Deno.test("writePadded fills up with zeros to its width", () => {
  assertEquals(written((bytes, at) => writePadded(bytes, at, 7, 3)), "007");
  assertEquals(written((bytes, at) => writePadded(bytes, at, 999, 3)), "999");
  assertEquals(written((bytes, at) => writePadded(bytes, at, 0, 5)), "00000");
});

Deno.test("writeFixed writes all decimals, also zeros", () => {
  const rows: [number, 0 | 1 | 2, string][] = [
    [1224, 1, "122.4"],
    [4000, 1, "400.0"],
    [3, 1, "0.3"],
    [350, 2, "3.50"],
    [5, 2, "0.05"],
    [0, 2, "0.00"],
    [77, 0, "77"],
  ];
  for (const [units, decimals, text] of rows) {
    assertEquals(written((bytes, at) => writeFixed(bytes, at, units, decimals)), text);
  }
});

Deno.test("writeBytes copies all of its source", () => {
  const source = new TextEncoder().encode("N/A");
  assertEquals(written((bytes, at) => writeBytes(bytes, at, source)), "N/A");
});

const INDEXES_MAX = 100_000;

function nodeGuid(index: number): string {
  const bytes = new Uint8Array(NODE_GUID_BYTES);
  assertEquals(writeNodeGuid(bytes, 0, index), NODE_GUID_BYTES);
  return new TextDecoder().decode(bytes);
}

Deno.test("writeSwitchName writes the contract's name of every switch", () => {
  const bytes = new Uint8Array(SWITCH_NAME_BYTES_MAX);
  for (const index of [0, 7, 10, 99, 100, 999, 1_000, 9_999, 10_000, INDEXES_MAX - 1]) {
    const end = writeSwitchName(bytes, 0, index);
    assertEquals(new TextDecoder().decode(bytes.subarray(0, end)), switchName(index));
  }
});

Deno.test("writeNodeGuid writes 0x and 16 hexadecimal digits", () => {
  assertEquals(nodeGuid(0), "0x248a070300e50c00");
  assertMatch(nodeGuid(INDEXES_MAX - 1), /^0x[0-9a-f]{16}$/);
});

Deno.test("writeNodeGuid gives every switch its own GUID", () => {
  const guids = new Set(Array.from({ length: INDEXES_MAX }, (_, index) => nodeGuid(index)));
  assertEquals(guids.size, INDEXES_MAX);
});
