import { assertEquals, assertLessOrEqual, assertNotEquals } from "@std/assert";
import { bytesOf } from "../testing/bodies.ts";
import { keyedHashText } from "./hash.ts";
import { HASH_KEY, idsOf, snapshotOf } from "../testing/snapshots.ts";
import { findRow, findSameId } from "./topology.ts";

function topologyOf(ids: readonly string[]) {
  return snapshotOf(`switch_id,a\n${ids.map((id) => `${id},1\n`).join("")}`).topology;
}

Deno.test("findRow finds every id, and no other", () => {
  const topology = topologyOf(["sw-000", "sw-001", "leaf 7", "0xa:12"]);
  assertEquals(["sw-000", "sw-001", "leaf 7", "0xa:12"].map((id) => findRow(topology, id)), [
    0,
    1,
    2,
    3,
  ]);
  for (const id of ["", "sw-00", "sw-0000", "SW-000", "sw-001 ", "0xa", "0xa:1", "\0"]) {
    assertEquals(findRow(topology, id), -1, id);
  }
});

Deno.test("findRow finds ids beyond ASCII, and distinguishes a character from its bytes", () => {
  const ids = ["größe", "€", "𝛑", "Ã¶"];
  const topology = topologyOf(ids);
  assertEquals(ids.map((id) => findRow(topology, id)), [0, 1, 2, 3]);
  assertEquals(
    ["ö", "gr\u00c3\u00b6\u00c3\u009fe", "\ud835", "GRÖSSE"].map((id) => findRow(topology, id)),
    [
      -1,
      -1,
      -1,
      -1,
    ],
  );
});

Deno.test("findRow compares the whole of a long id", () => {
  const id = "ü".repeat(2000);
  const topology = topologyOf([id]);
  assertEquals(findRow(topology, id), 0);
  assertEquals(findRow(topology, `${id}x`), -1);
  assertEquals(findRow(topology, id.slice(1)), -1);
});

/** Ids of one length whose hashes agree in as many low bits. */
function colliding(count: number, bits: number): string[] {
  const hashText = (id: string) => keyedHashText(HASH_KEY, id);
  const wanted = hashText("id-000000") & (2 ** bits - 1);
  const ids: string[] = [];
  for (let i = 0; ids.length < count; i++) {
    const id = `id-${String(i).padStart(6, "0")}`;
    if ((hashText(id) & (2 ** bits - 1)) === wanted) ids.push(id);
  }
  return ids;
}

Deno.test("findRow distinguishes ids with the same slot", () => {
  const [missing, ...ids] = colliding(41, 10);
  const topology = topologyOf(ids);
  assertLessOrEqual(topology.slots.length, 2 ** 10, "so the low 10 bits decide the slot");
  assertEquals(ids.map((id) => findRow(topology, id)), ids.map((_, row) => row));
  assertEquals(findRow(topology, missing), -1);
});

Deno.test("findRow finds each of 100,000 ids", () => {
  const ids = Array.from({ length: 100_000 }, (_, i) => `0x${(i >> 6).toString(16)}:${i & 63}`);
  const snapshot = snapshotOf(bytesOf(`switch_id\n${ids.join("\n")}\n`));
  const wrong = ids.findIndex((id, row) => findRow(snapshot.topology, id) !== row);
  assertEquals(wrong, -1);
  assertEquals(findRow(snapshot.topology, "0x61b:0"), -1);
  assertNotEquals(findRow(snapshot.topology, "0x61a:31"), -1);
  assertEquals(idsOf(snapshot).length, 100_000);
});

Deno.test("findSameId finds the ids of another topology, and no other", () => {
  const topology = topologyOf(["sw-000", "größe", "sw-1"]);
  const { id_bytes, id_offsets, serial } = topologyOf(["größe", "sw-00", "sw-1", "sw-0000"]);
  const found = [0, 1, 2, 3].map((row) =>
    findSameId(topology, id_bytes, id_offsets[row], id_offsets[row + 1])
  );
  assertEquals(found, [1, -1, 2, -1]);
  assertNotEquals(serial, topology.serial);
});
