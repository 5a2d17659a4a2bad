import { assertEquals, assertMatch } from "@std/assert";
import { switchName } from "../contracts/mod.ts";
import {
  NODE_GUID_BYTES,
  SWITCH_NAME_BYTES_MAX,
  writeNodeGuid,
  writeSwitchName,
} from "./names_bytes.ts";

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

Deno.test("writeNodeGuid gives every switch another GUID", () => {
  const guids = new Set(Array.from({ length: INDEXES_MAX }, (_, index) => nodeGuid(index)));
  assertEquals(guids.size, INDEXES_MAX);
});
