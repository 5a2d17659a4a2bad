import { assertEquals } from "@std/assert";
import { emptyStats } from "./poll/mod.ts";
import { timesOf } from "./poll/testing/taker.ts";
import { bytesOf } from "./testing/bodies.ts";
import { CSV, FilledStore, snapshotOf } from "./testing/test_server.ts";
import { OLDER_BYTES_MAX } from "./snapshot/mod.ts";
import { Store } from "./store.ts";

Deno.test("Store.update() without a snapshot keeps the current one and applies the stats", () => {
  const { store } = new FilledStore().take(CSV, "a-1", 0).fail(0, "refused");
  assertEquals(store.sources[0].snapshot?.data.id, "a-1");
  assertEquals(store.sources[0].stats.last_error?.cause, "refused");
  assertEquals(store.version, 1);
});

Deno.test("Store.update() makes the current snapshot older, with its items and its lease", () => {
  const released: string[] = [];
  const filled = new FilledStore(["http://a/"], (_source, id) => released.push(id));
  const { store } = filled.take(CSV, "a-1", 5000).age(3000);
  const { snapshot, items } = store.sources[0];
  assertEquals([snapshot!.data.taken_ms, store.oldest_taken_ms, store.version], [3000, 3000, 2]);
  assertEquals([snapshot!.data.id, items === null, released], ["a-1", false, []]);
});

Deno.test("Store.update() leaves the time of the snapshot after a 304, a failure and other stats", () => {
  const { store } = new FilledStore().take(CSV, "a-1", 5000);
  const { stats } = store.sources[0];
  const update = { source: 0, snapshot: null, items: null, hand_over: 1 };
  const last_success = "2026-01-01T00:00:00.000Z";
  store.update({ ...update, stats: { ...stats, polls: 2, not_modified: 1, last_success } });
  store.update({ ...update, stats: { ...stats, circuit: "open", failures: 9 } });
  store.updateStats(0, { ...stats, circuit: "half_open" });
  store.update({ ...update, stats, not_after_ms: 9000 });
  const { taken_ms } = store.sources[0].snapshot!.data;
  assertEquals([taken_ms, store.oldest_taken_ms], [5000, 5000]);
});

Deno.test("Store.updateItems() ignores items of another snapshot", () => {
  const { store } = new FilledStore().take(CSV, "a", 0, 0, false).take(CSV, "a", 0, 0, false);
  store.updateItems({ source: 0, hand_over: 1, items: new Uint8Array(1) });
  assertEquals(store.sources[0].items, null);
  store.updateItems({ source: 0, hand_over: 2, items: new Uint8Array(1) });
  assertEquals(store.sources[0].items?.length, 1);
});

Deno.test("A snapshot whose items are not rendered yet has none, whatever the one before had", () => {
  const { store } = new FilledStore().take(CSV, "a-1", 0).take(CSV, "a-2", 1, 0, false);
  assertEquals([store.sources[0].snapshot?.data.id, store.sources[0].items], ["a-2", null]);
});

Deno.test("A snapshot is released by its hand-over, even if a later one has its id", () => {
  const released: number[] = [];
  const store = new Store(["http://a/"], (_source, hand_over) => released.push(hand_over));
  const take = (hand_over: number, id: string) => {
    const update = { source: 0, stats: emptyStats("http://a/"), items: null, hand_over };
    store.update({ ...update, snapshot: snapshotOf(CSV, id, 0) });
  };
  take(1, "a");
  const end = store.lease();
  take(2, "b");
  take(3, "a");
  assertEquals(released, [2]);
  end();
  assertEquals(released, [2, 1]);
});

Deno.test("A replaced snapshot without a lease is released at once", () => {
  const released: string[] = [];
  const filled = new FilledStore(["http://a/"], (source, id) => released.push(`${source} ${id}`));
  filled.take(CSV, "a-1", 0);
  assertEquals(released, []);
  filled.take(CSV, "a-2", 1);
  assertEquals(released, ["0 a-1"]);
});

Deno.test("A lease keeps the snapshots of its time, and ends once", () => {
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

Deno.test("Store.saved() copies what a new poll worker needs to go on with each snapshot", () => {
  const { store } = new FilledStore(["http://a/", "http://b/"]).take(CSV, "a-1", 5000);
  const { snapshot, stats } = store.sources[0];
  const times = timesOf({ snapshot_ts: 5000 });
  const update = { source: 0, stats, items: null, hand_over: 2 };
  store.update({ ...update, snapshot: snapshot!.data, origin: { etag: '"a-1"', times } });
  assertEquals(store.saved(), [
    {
      snapshot_id: "a-1",
      etag: '"a-1"',
      times,
      not_after_ms: 5000,
      intervals_ms: [],
      body: bytesOf(CSV),
    },
    null,
  ]);
});

Deno.test("A small snapshot counts as the largest before it, whose memory it may be in", () => {
  const { store } = new FilledStore().take(CSV, "a-1", 0, 0, false);
  const [small] = store.pin().bytes;
  const items = new Uint8Array(OLDER_BYTES_MAX);
  store.updateItems({ source: 0, hand_over: 1, items });
  assertEquals(store.pin().bytes, [small + OLDER_BYTES_MAX]);
  store.update({
    source: 0,
    stats: store.sources[0].stats,
    snapshot: snapshotOf(CSV, "a-2", 1),
    items: null,
    hand_over: 2,
  });
  assertEquals(store.pin().bytes, [OLDER_BYTES_MAX], "as much as may be kept");
});
