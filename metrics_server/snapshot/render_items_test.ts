import { assert, assertEquals, assertGreater } from "@std/assert";
import { cellEnd, cellStart } from "../parse/mod.ts";
import { bytesOf } from "../testing/bodies.ts";
import { forSeeds, type Random } from "../testing/random.ts";
import type { Buffers } from "../parse/mod.ts";
import { itemsBytesMax, ItemsDemand, renderItems } from "./render_items.ts";
import { estimateItemsBytes, type SnapshotData } from "./snapshot.ts";
import { idsOf, snapshotOf } from "../testing/snapshots.ts";
import { cellToken } from "./value.ts";

function textOf(data: SnapshotData): string {
  return new TextDecoder().decode(renderItems(data)!.slice());
}

/** The same text, assembled from the tokens of the cells. */
function expectedOf(data: SnapshotData): string {
  const { table, topology } = data;
  return idsOf(data).map((id, row) => {
    const members = topology.header.fields.map(({ name, column }) =>
      `,${JSON.stringify(name)}:` +
      cellToken(table.bytes, cellStart(table, row, column), cellEnd(table, row, column))
    );
    return `{"switch_id":${JSON.stringify(id)}${members.join("")}}`;
  }).join(",");
}

Deno.test("renderItems writes one object per row, with the source's digits", () => {
  const csv = 'switch_id,a,"b ""c"""\nsw-0,1.50,N/A\n"sw ""1""",up,18446744073709551615\n';
  assertEquals(
    textOf(snapshotOf(csv)),
    '{"switch_id":"sw-0","a":1.50,"b \\"c\\"":null},' +
      '{"switch_id":"sw \\"1\\"","a":"up","b \\"c\\"":18446744073709551615}',
  );
});

Deno.test("renderItems writes a composed identity as switch_id, without its parts", () => {
  const csv = "timestamp,node_guid,port_num,x\n1764000000000000,0xa,3,7\n";
  assertEquals(textOf(snapshotOf(csv)), '{"switch_id":"0xa:3","timestamp":1764000000000000,"x":7}');
});

Deno.test("renderItems writes the key switch_id once, even if the source has such a field", () => {
  const csv = "rack,switch_id,x\nr1,other,7\n";
  assertEquals(textOf(snapshotOf(csv, 0, [["rack"]])), '{"switch_id":"r1","x":7}');
});

Deno.test("renderItems writes rows without fields, too", () => {
  assertEquals(
    textOf(snapshotOf("switch_id\nsw-0\nsw-1\n")),
    '{"switch_id":"sw-0"},{"switch_id":"sw-1"}',
  );
});

const CELLS = [
  "0",
  "-1.5",
  "5.48295e-7",
  "9007199254740993",
  "007",
  "",
  " ",
  "N/A",
  " nan ",
  "NaN",
  "active",
  "a b",
  " padded ",
  "up ",
  "1 ",
  "N/A ",
  '"7"',
  '""',
  '"a, ""b"""',
  '"two\nlines"',
  "tab\t",
  "back\\slash",
  "ü€𝛑",
  "\u0001",
  "\u007f",
  "'",
];

function randomCsv(random: Random): string {
  const columns = random.below(5);
  const rows = 1 + random.below(20);
  const names = Array.from({ length: columns }, (_, c) => random.of(["c", "ü", '"q""', "x "]) + c)
    .map((name) => name.startsWith('"') ? `${name}"` : name);
  const line = (cells: readonly string[]) => `${cells.join(",")}\n`;
  return line(["switch_id", ...names]) +
    Array.from(
      { length: rows },
      (_, row) =>
        line([random.of(["sw-", "ü", "a b"]) + row, ...names.map(() => random.of(CELLS))]),
    ).join("");
}

Deno.test("renderItems writes the cellToken of each cell of any table", () => {
  forSeeds(500, (random) => {
    const data = snapshotOf(randomCsv(random));
    const text = textOf(data);
    assertEquals(text, expectedOf(data));
    assertEquals(JSON.parse(`[${text}]`).length, data.table.rows);
  });
});

Deno.test("renderItems grows for text far longer than estimated", () => {
  // Each of these bytes becomes six; each empty cell four more than it has.
  const csv = `switch_id,a,b,c\n${
    Array.from({ length: 2000 }, (_, i) => `${i},${"\u0001".repeat(50)},,\n`).join("")
  }`;
  const data = snapshotOf(csv);
  let takes = 0;
  const items = renderItems(data, {
    take: (bytes) => (takes++, new SharedArrayBuffer(bytes)),
    give: () => {},
  });
  assertGreater(items!.length, 2 * estimateItemsBytes(data));
  assertEquals(textOf(data), expectedOf(data));
  assert(items!.buffer.byteLength < items!.length * 1.5, "without taking far too much");
  assert(takes <= 4, `but not row by row: ${takes} times`);
});

Deno.test("renderItems takes memory once if half of the cells are ordinary numbers", () => {
  const csv = `switch_id,a,b,c,d\n${
    Array.from({ length: 5000 }, (_, i) => `sw-${i},${i * 7919},,up,N/A\n`).join("")
  }`;
  let takes = 0;
  const data = snapshotOf(csv);
  renderItems(data, {
    take: (bytes) => (takes++, new SharedArrayBuffer(bytes * 1.07)),
    give: () => {},
  });
  assertEquals(takes, 1);
});

Deno.test("renderItems gives back memory that it outgrew", () => {
  const held = new Set<SharedArrayBuffer>();
  const csv = `switch_id,a\n${
    Array.from({ length: 5000 }, (_, i) => `${i},${"\u0001".repeat(9)}\n`).join("")
  }`;
  const items = renderItems(snapshotOf(csv), {
    take(bytes) {
      const buffer = new SharedArrayBuffer(bytes);
      held.add(buffer);
      return buffer;
    },
    give: (buffer) => void assert(held.delete(buffer)),
  });
  assertEquals(held, new Set([items!.buffer]));
});

Deno.test("estimateItemsBytes is near the length of ordinary items", () => {
  const csv = `switch_id,bandwidth_gbps,latency_us\n${
    Array.from({ length: 1000 }, (_, i) => `sw-${i},${i / 10},${i * 3}\n`).join("")
  }`;
  const data = snapshotOf(bytesOf(csv));
  const ratio = estimateItemsBytes(data) / renderItems(data)!.length;
  assert(ratio > 0.95 && ratio < 1.1, `${ratio}`);
});

const EAGER = 1024 * 1024;

Deno.test("Items may be three times as long as a body, less with a snapshot that is large", () => {
  const mib = 1024 * 1024;
  const lengths = [0, 30 * mib, 60 * mib, 200 * mib].map((size) => itemsBytesMax(24 * mib, size));
  assertEquals(lengths, [72 * mib, 72 * mib, 42 * mib, 0]);
});

Deno.test("ItemsDemand renders short items always, long ones only after a request", () => {
  const demand = new ItemsDemand();
  assertEquals([demand.take(EAGER, 9e9), demand.take(EAGER + 1, 9e9)], [true, false]);
});

Deno.test("ItemsDemand renders long items for the 8 snapshots after each request", () => {
  const demand = new ItemsDemand();
  demand.request();
  for (let n = 1; n < 8; n++) assertEquals(demand.take(EAGER + 1, 9e9), true);
  demand.request();
  for (let n = 0; n < 8; n++) assertEquals(demand.take(EAGER + 1, 9e9), true);
  assertEquals(demand.take(EAGER + 1, 9e9), false);
});

Deno.test("ItemsDemand never renders items over the limit", () => {
  const demand = new ItemsDemand();
  demand.request();
  assertEquals([demand.take(EAGER, EAGER - 1), demand.take(EAGER, EAGER)], [false, true]);
});

Deno.test("renderItems gives up, and gives its memory back, once items are longer than allowed", () => {
  const rows = Array.from({ length: 2000 }, (_, i) => `${i},${"\u0001".repeat(50)}\n`).join("");
  const data = snapshotOf(`switch_id,a\n${rows}`);
  const length = renderItems(data)!.length;
  const held = new Set<SharedArrayBuffer>();
  const buffers: Buffers = {
    take(bytes) {
      const buffer = new SharedArrayBuffer(bytes);
      held.add(buffer);
      return buffer;
    },
    give: (buffer) => void held.delete(buffer),
  };
  assertEquals(renderItems(data, buffers, length)?.length, length);
  held.clear();
  assertEquals(renderItems(data, buffers, 300_000), null);
  assertEquals(held.size, 0);
});
