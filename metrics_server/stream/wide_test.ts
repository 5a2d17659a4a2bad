/** Streams of wide fabrics: parts, bounds in bytes, and work that stops. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { FilledStore } from "../testing/test_server.ts";
import { forSeeds } from "../testing/random.ts";
import type { StreamFilter } from "./selection.ts";
import { ALL, Client, hubOn, settled, withHub } from "./testing/client.ts";

const csv = (a: number, b: number) => `switch_id,x,y\nsw-0,${a},1\nsw-1,${b},2\n`;

Deno.test("A stream that grows over the bytes of all ends with the reason; others continue", async () => {
  const filled = new FilledStore().take(csv(1, 2), "b-1", 1);
  await withHub(filled, async (hub, join) => {
    const wide = await join();
    const narrow = await join({ ids: { exact: ["sw-1"], prefixes: [] }, metrics: null });
    const rows = Array.from({ length: 100 }, (_, i) => `sw-${i},${i},1\n`);
    filled.take(`switch_id,x,y\n${rows.join("")}`, "b-2", 2);
    await settled(hub);
    assertMatch(wide.ended!, /^about 3\d\d\d bytes by now, over 1000 with other streams/);
    assertEquals([narrow.ended, narrow.last().snapshot_id], [null, "b-2"]);
    assert(hub.costOf(ALL).bytes > 1000, "a later stream of the filter would cost nothing");
  }, { all_bytes_max: 1000 });
});

/** A sample of 40 rows whose values are drawn from few numbers. */
function drawn(random: { below(n: number): number }): string {
  const rows = Array.from(
    { length: 40 },
    (_, i) => `sw-${i},${random.below(3)},${random.below(3)}`,
  );
  return `switch_id,x,y\n${rows.join("\n")}\n`;
}

Deno.test("A long snapshot or change comes in parts, only the last of them with the id", async () => {
  const seeds: (() => Promise<void>)[] = [];
  forSeeds(30, (random) =>
    seeds.push(async () => {
      const event_bytes_max = 100 + random.below(900);
      const filled = new FilledStore().take(drawn(random), "b-0", 0);
      await withHub(filled, async (hub, join) => {
        const client = await join();
        for (let n = 1; n < 4; n++) {
          filled.take(drawn(random), `b-${n}`, n);
          await settled(hub);
        }
        assertEquals([...client.table], [...(await join()).table]);
        const names = client.received.map(([name]) => name);
        assertEquals(names.slice(0, 2), ["snapshot", "part"]);
        for (const { bytes } of client.events) assert(bytes <= event_bytes_max + 100, `${bytes}`);
        assertEquals(names.filter((name) => name === "change").length, 3);
        assertEquals(client.id, "b-3");
      }, { event_bytes_max });
    }));
  for (const run of seeds) await run();
});

Deno.test("Changes that are longer than the snapshot are not kept for reconnecting clients", async () => {
  const sample = (n: number) =>
    `switch_id,x,y\n${Array.from({ length: 30 }, (_, i) => `sw-${i},${n},1\n`).join("")}`;
  const filled = new FilledStore().take(sample(0), "b-0", 0);
  await withHub(filled, async (hub, join) => {
    await join();
    for (let n = 1; n < 6; n++) {
      filled.take(sample(n), `b-${n}`, n);
      await settled(hub);
    }
    // A change of one column of two is more than half as long as the snapshot.
    assertEquals((await join(ALL, "b-4")).received, [["change", "b-5"]]);
    assertEquals((await join(ALL, "b-3")).received, [["snapshot", "b-5"]]);
    const one: StreamFilter = { ids: null, metrics: ["y"] };
    await join(one);
    for (let n = 6; n < 9; n++) {
      filled.take(sample(n), `b-${n}`, n);
      await settled(hub);
    }
    const kept = (await join(one, "b-5")).received;
    assertEquals(kept, [["change", "b-6"], ["change", "b-7"], ["change", "b-8"]]);
  });
});

Deno.test("A snapshot is not finished for readers that have all left", async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `sw-${i},${i}\n`);
  const filled = new FilledStore().take(`switch_id,x\n${rows.join("")}`, "b-1", 1, 0, false);
  const snapshot = filled.store.sources[0].snapshot!;
  let cells = 0;
  const token = snapshot.token.bind(snapshot);
  snapshot.token = (row, column) => {
    cells++;
    return token(row, column);
  };
  const hub = hubOn(filled);
  const client = new Client();
  hub.add(client, ALL, null);
  await Promise.resolve();
  await Promise.resolve();
  hub.remove(client);
  await settled(hub);
  assert(cells < 10_000, `${cells} cells`);
  assertEquals([client.events, hub.bytes], [[], 0]);
});
