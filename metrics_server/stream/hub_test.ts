import { assert, assertEquals } from "@std/assert";
import { FilledStore } from "../testing/test_server.ts";
import { forSeeds } from "../testing/random.ts";
import { ALL, Client, hubOn, joined, settled, withHub } from "./testing/client.ts";

const csv = (a: number, b: number) => `switch_id,x,y\nsw-0,${a},1\nsw-1,${b},2\n`;

Deno.test("A stream begins with the snapshot and continues with changed cells only", async () => {
  const filled = new FilledStore().take(csv(1, 2), "b-1", 1000);
  await withHub(filled, async (hub, join) => {
    const client = await join();
    filled.take(csv(1, 7), "b-2", 2000);
    await settled(hub);
    assertEquals(client.events.map(({ data }) => data), [
      '{"snapshot_id":"b-1","taken_ms":1000,"fields":["x","y"],' +
      '"items":[{"switch_id":"sw-0","x":1,"y":1},{"switch_id":"sw-1","x":2,"y":2}]}',
      '{"snapshot_id":"b-2","taken_ms":2000,"previous_id":"b-1","items":[{"switch_id":"sw-1","x":7}]}',
    ]);
    assertEquals(client.received, [["snapshot", "b-1"], ["change", "b-2"]]);
  });
});

Deno.test("A snapshot with equal values is sent, too: its data is fresher or older", async () => {
  const filled = new FilledStore().take(csv(1, 2), "b-1", 1000);
  await withHub(filled, async (hub, join) => {
    const client = await join();
    filled.take(csv(1, 2), "b-2", 2000);
    await settled(hub);
    assertEquals([client.last().taken_ms, client.last().items], [2000, []]);
    filled.age(1500);
    await settled(hub);
    assertEquals([client.last().taken_ms, client.last().snapshot_id], [1500, "b-2"]);
  });
});

Deno.test("Streams of switches and metrics receive these only", async () => {
  const filled = new FilledStore().take(csv(1, 2), "b-1", 1);
  await withHub(filled, async (hub, join) => {
    const one = await join({ ids: { exact: ["sw-1"], prefixes: [] }, metrics: null });
    const column = await join({ ids: null, metrics: ["x"] });
    filled.take(csv(5, 6), "b-2", 2);
    await settled(hub);
    assertEquals([...one.table], [["sw-1", { x: 6, y: 2 }]]);
    assertEquals([...column.table], [["sw-0", { x: 5 }], ["sw-1", { x: 6 }]]);
  });
});

for (
  const [what, next] of [
    ["a row more", "switch_id,x,y\nsw-0,1,1\nsw-1,2,2\nsw-2,3,3\n"],
    ["rows in another order", "switch_id,x,y\nsw-1,2,2\nsw-0,1,1\n"],
    ["a column more", "switch_id,x,y,z\nsw-0,1,1,1\nsw-1,2,2,2\n"],
    ["another id of the same length", "switch_id,x,y\nsw-0,1,1\nsw-9,2,2\n"],
  ]
) {
  Deno.test(`With ${what} the stream receives the whole snapshot again`, async () => {
    const filled = new FilledStore().take(csv(1, 2), "b-1", 1);
    await withHub(filled, async (hub, join) => {
      const client = await join({ ids: { exact: [], prefixes: ["sw"] }, metrics: null });
      filled.take(next, "b-2", 2);
      await settled(hub);
      assertEquals(client.received, [["snapshot", "b-1"], ["snapshot", "b-2"]]);
      assertEquals(client.table.size, next.trim().split("\n").length - 1);
    });
  });
}

Deno.test("The first snapshot of a source is sent as a whole snapshot", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"]).take(csv(1, 2), "a-1", 1);
  await withHub(filled, async (hub, join) => {
    const client = await join();
    assertEquals(client.last().missing_sources, ["http://b/"]);
    filled.take("switch_id,x\nt-0,1\n", "b-1", 1, 1);
    await settled(hub);
    assertEquals(client.received, [["snapshot", "a-1"], ["snapshot", "a-1+b-1"]]);
    assertEquals(client.last().missing_sources, undefined);
  });
});

Deno.test("A client that joins before a new snapshot is sent starts at the old one", async () => {
  const filled = new FilledStore().take(csv(1, 2), "b-1", 1);
  await withHub(filled, async (hub, join) => {
    await join();
    filled.take("switch_id,x,y\nsw-1,5,6\nsw-0,7,8\n", "b-2", 2);
    const client = await join({ ids: { exact: ["sw-1"], prefixes: [] }, metrics: null });
    await settled(hub);
    const items = client.events.map(({ id, data }) => [id, JSON.stringify(JSON.parse(data).items)]);
    assertEquals(items, [
      ["b-1", '[{"switch_id":"sw-1","x":2,"y":2}]'],
      ["b-2", '[{"switch_id":"sw-1","x":5,"y":6}]'],
    ]);
  });
});

Deno.test("A reconnecting client receives only the changes it missed", async () => {
  const filled = new FilledStore().take(csv(1, 2), "b-1", 1);
  await withHub(filled, async (hub, join) => {
    await join();
    filled.take(csv(3, 2), "b-2", 2);
    await settled(hub);
    assertEquals((await join(ALL, "b-2")).received, []);
    assertEquals((await join(ALL, "b-1")).received, [["change", "b-2"]]);
    assertEquals((await join(ALL, "b-0")).received, [["snapshot", "b-2"]]);
    const up_to_date = await join(ALL, "b-2");
    filled.take(csv(3, 4), "b-3", 3);
    await settled(hub);
    assertEquals(up_to_date.received, [["change", "b-3"]]);
  });
});

Deno.test("A slow reader ends with the reason; others continue", async () => {
  const filled = new FilledStore().take(csv(1, 2), "b-1", 1);
  await withHub(filled, async (hub, join) => {
    const slow = await join();
    const quick = await join();
    slow.is_slow = true;
    filled.take(csv(3, 2), "b-2", 2);
    await settled(hub);
    assertEquals([slow.ended, quick.ended], ["slow reader: it left too many events unread", null]);
    assertEquals(quick.received.length, 2);
  });
});

Deno.test('stop() ends every stream with the reason "stopping"', async () => {
  await withHub(new FilledStore().take(csv(1, 2), "b-1", 1), async (hub, join) => {
    const client = await join();
    const waiting = new Client();
    hub.add(waiting, ALL, null);
    hub.stop();
    assertEquals([client.ended, waiting.ended], ["stopping", "stopping"]);
    hub.remove(waiting);
    await settled(hub);
  });
});

Deno.test("A snapshot is kept until the last stream has left it", async () => {
  const released: string[] = [];
  const filled = new FilledStore(undefined, (_source, id) => released.push(id));
  filled.take(csv(1, 2), "b-1", 1);
  const hub = hubOn(filled);
  const client = await joined(hub);
  filled.take(csv(1, 3), "b-2", 2);
  await settled(hub);
  assertEquals(released, ["b-1"]);
  hub.remove(client);
  await settled(hub);
  filled.take(csv(1, 4), "b-3", 3);
  assertEquals(released, ["b-1", "b-2"]);
  await settled(hub);
  const again = await joined(hub);
  assertEquals(again.received, [["snapshot", "b-3"]]);
  hub.remove(again);
  await settled(hub);
});

Deno.test("A client that applies all events has the values of the newest snapshot", async () => {
  let changes = 0;
  const seeds: (() => Promise<void>)[] = [];
  forSeeds(150, (random) =>
    seeds.push(async () => {
      let n = 0;
      const sample = () => {
        const columns = ["x", "y", "z"].slice(0, 2 + random.below(2));
        const rows = Array.from({ length: 2 + random.below(2) }, (_, i) =>
          `sw-${i},${columns.map(() => random.below(3)).join(",")}\n`);
        return `switch_id,${columns.join(",")}\n${rows.join("")}`;
      };
      const filled = new FilledStore().take(sample(), "b-0", 0);
      const hub = hubOn(filled);
      const clients = [await joined(hub)];
      for (let step = 0; step < 8; step++) {
        for (let news = random.below(3); news > 0; news--) {
          filled.take(sample(), `b-${++n}`, n);
          if (random.below(2) === 0) {
            await Promise.resolve();
          }
        }
        if (random.below(2) === 0) {
          const client = new Client();
          hub.add(client, ALL, random.below(2) === 0 ? `b-${n}` : null);
          if (client.events.length === 0 && random.below(2) === 0) {
            await settled(hub);
          }
          // Those that claimed to have the newest have no table to compare.
          if (client.events[0]?.name === "snapshot") {
            clients.push(client);
          } else hub.remove(client);
        }
      }
      await settled(hub);
      const { data } = filled.store.sources[0].snapshot!;
      const whole = await joined(hub);
      for (const client of clients) {
        assertEquals(client.events.at(-1)!.id, data.id);
        assertEquals([...client.table], [...whole.table]);
        changes += client.received.filter(([name]) =>
          name === "change"
        ).length;
      }
      for (const client of [...clients, whole]) hub.remove(client);
      await settled(hub);
    }));
  for (const run of seeds) await run();
  if (Deno.env.get("TEST_SEED") === undefined) assert(changes > 50, `${changes} changes`);
});
