import { assertEquals } from "@std/assert";
import { IDS_REMEMBERED_MAX, SnapshotIds } from "./snapshot_ids.ts";

function counting(): SnapshotIds {
  let n = 0;
  return new SnapshotIds(() => `own-${++n}`);
}

Deno.test("SnapshotIds takes an ETag for an id once, then names snapshots itself", () => {
  const ids = counting();
  assertEquals(["a", "a", "b", "a", null].map((etag) => ids.take(etag)), [
    "a",
    "own-1",
    "b",
    "own-2",
    "own-3",
  ]);
});

Deno.test("SnapshotIds remembers a bounded number of ETags, the latest ones", () => {
  const ids = counting();
  for (let n = 0; n <= IDS_REMEMBERED_MAX; n++) ids.take(`e${n}`);
  assertEquals(ids.take("e1"), "own-1");
  assertEquals(ids.take("e0"), "e0");
});
