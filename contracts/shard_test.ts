import { assertEquals } from "@std/assert";
import { crc32, readShard, shardOfId, SHARDS_MAX, shardText } from "./shard.ts";
import { bootOf, idOfEtag, shardedId, shardOfSnapshot, snapshotId } from "./snapshot_id.ts";

Deno.test("crc32 is the CRC-32 of zlib and of HAProxy's converter", () => {
  const of = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    return crc32(bytes, bytes.length);
  };
  // Printed by HAProxy 2.6 (url_dec(1),crc32) and by Python's zlib.crc32.
  const known = { "123456789": 0xcbf43926, "sw-000": 4163532351, "a b": 2154585299, "": 0 };
  for (const [text, crc] of Object.entries({ ...known, "é": 235179326, "a,b": 752423903 })) {
    assertEquals(of(text), crc, text);
  }
});

Deno.test("readShard takes i/n with 0 ≤ i < n ≤ 64 and nothing else", () => {
  for (const text of ["0/1", "0/4", "3/4", `63/${SHARDS_MAX}`]) {
    assertEquals(shardText(readShard(text)!), text);
  }
  const wrong = ["", "4/4", "-1/2", "1/0", "0/0", " 1/4", "1/4 ", "01/4", "1/04", "1", "1/", "/4"];
  for (const text of [...wrong, "1/65", "0/100", "1.0/4", "a/4", "1/4/8", "１/4"]) {
    assertEquals(readShard(text), null, text);
  }
});

Deno.test("shardOfId spreads ids evenly", () => {
  const rows = [0, 0, 0, 0];
  for (let n = 0; n < 10_000; n++) {
    rows[shardOfId(`0x248a070300e5${n.toString(16)}:${n % 64}`, 4)]++;
  }
  for (const count of rows) assertEquals(Math.abs(count - 2_500) < 250, true, rows.join());
});

Deno.test("snapshot ids name their shard, and a relay still sees the boot of each source", () => {
  const ids = [0, 1].map((index) => shardedId(snapshotId("boot", 7), { index, count: 4 }));
  assertEquals(ids, ["boot-7-0of4", "boot-7-1of4"]);
  assertEquals(ids.map(shardOfSnapshot), [{ index: 0, count: 4 }, { index: 1, count: 4 }]);
  assertEquals(shardOfSnapshot("boot-7"), null);
  assertEquals(idOfEtag(`W/"${ids[1]}"`), ids[1]);
  assertEquals(bootOf(ids.join("+")), "boot+boot");
});
