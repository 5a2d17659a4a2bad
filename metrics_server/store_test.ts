import { assertEquals } from "@std/assert";
import { CSV, FilledStore } from "./serve/_fixtures.ts";

Deno.test("Store.update() without a snapshot keeps the one held and takes the counters over", () => {
  const { store } = new FilledStore().take(CSV, "a-1", 0).fail(0, "refused");
  assertEquals(store.sources[0].snapshot?.data.id, "a-1");
  assertEquals(store.sources[0].stats.last_error?.cause, "refused");
  assertEquals(store.version, 1);
});

Deno.test("Store.updateItems() leaves a snapshot alone that the items are not of", () => {
  const { store } = new FilledStore().take(CSV, "a-2", 0, 0, false);
  store.updateItems({ source: 0, snapshot_id: "a-1", items: new Uint8Array(1) });
  assertEquals(store.sources[0].items, null);
});

Deno.test("A replaced snapshot is released at once where nobody holds a lease", () => {
  const released: string[] = [];
  const filled = new FilledStore(["http://a/"], (source, id) => released.push(`${source} ${id}`));
  filled.take(CSV, "a-1", 0);
  assertEquals(released, []);
  filled.take(CSV, "a-2", 1);
  assertEquals(released, ["0 a-1"]);
});

Deno.test("A lease keeps what was held when it was taken, and counts once however often it ends", () => {
  const released: string[] = [];
  const filled = new FilledStore(["http://a/", "http://b/"], (_source, id) => released.push(id));
  filled.take(CSV, "a-1", 0).take(CSV, "b-1", 0, 1);
  const end = filled.store.lease();
  const end_other = filled.store.lease();
  filled.take(CSV, "a-2", 1);
  end();
  end();
  assertEquals(released, []);
  end_other();
  assertEquals(released, ["a-1"]);
});

Deno.test("Store.nextChange() resolves at the next snapshot, not at a failed poll", async () => {
  const filled = new FilledStore();
  let changed = false;
  const change = filled.store.nextChange().then(() => changed = true);
  filled.fail(0, "refused");
  await Promise.resolve();
  assertEquals(changed, false);
  filled.take(CSV, "a-1", 0);
  await change;
});
