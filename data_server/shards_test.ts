import { assertEquals, assertThrows } from "@std/assert";
import { readShard, ShardError, SHARDS_MAX, switchesOf } from "./shards.ts";

Deno.test("readShard reads the shard, in any order and among other parameters", () => {
  const expected = { num_shards: 3, shard: 2 };
  assertEquals(readShard("num_shards=3&shard=2"), expected);
  assertEquals(readShard("shard=2&num_shards=3"), expected);
  assertEquals(readShard("port_type__in__1__2__4&num_shards=3&shard=2&x=1"), expected);
  assertEquals(readShard("num_shards=3&shard=2&sharding_field=port_guid"), expected);
  assertEquals(readShard(`num_shards=${SHARDS_MAX}&shard=0`), { num_shards: SHARDS_MAX, shard: 0 });
});

Deno.test("readShard returns undefined for all rows", () => {
  for (const query of ["", "port_type__in__1__2__4", "sharding_field=node_guid"]) {
    assertEquals(readShard(query), undefined);
  }
});

const BAD: [query: string, message: string][] = [
  ["num_shards=0&shard=0", "num_shards=0: must be a whole number 1–1000"],
  ["num_shards=1001&shard=0", "num_shards=1001: must be a whole number 1–1000"],
  ["num_shards=three&shard=0", "num_shards=three: must be a whole number 1–1000"],
  ["num_shards=&shard=0", "num_shards=: must be a whole number 1–1000"],
  ["num_shards=3&shard=3", "shard=3: must be a whole number 0–2"],
  ["num_shards=3&shard=-1", "shard=-1: must be a whole number 0–2"],
  ["num_shards=3&shard=1.5", "shard=1.5: must be a whole number 0–2"],
  ["num_shards=3", "num_shards=3: needs shard=0–2 beside it"],
  ["shard=0", "shard=0: needs num_shards=1–1000 beside it"],
  ["num_shards=3&num_shards=3&shard=0", "num_shards is given 2 times: give it once"],
  ["num_shards=3&shard=0&shard=1", "shard is given 2 times: give it once"],
  ["sharding_field=lid", "sharding_field=lid: must be node_guid or port_guid"],
];

for (const [query, message] of BAD) {
  Deno.test(`readShard refuses ?${query}`, () => {
    assertThrows(() => readShard(query), ShardError, message);
  });
}

Deno.test("switchesOf puts every switch into exactly one shard, evenly", () => {
  for (const switches of [1, 2, 64, 100]) {
    for (const num_shards of [1, 2, 3, 7, 64, 1_000]) {
      const seen: number[] = [];
      const sizes = new Set<number>();
      for (let shard = 0; shard < num_shards; shard++) {
        const { from, to } = switchesOf({ num_shards, shard }, switches);
        sizes.add(to - from);
        for (let index = from; index < to; index++) seen.push(index);
      }
      assertEquals(seen, Array.from({ length: switches }, (_, index) => index));
      assertEquals(Math.max(...sizes) - Math.min(...sizes) <= 1, true);
    }
  }
});
