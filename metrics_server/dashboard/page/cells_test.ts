import { assert, assertEquals } from "@std/assert";
import { itemAt, itemBeside, layOut } from "./cells.js";
import { grouped, groupsOf, HEAD } from "./groups.js";

for (
  const [count, width, height] of [
    [1, 800, 380],
    [64, 800, 380],
    [2_000, 800, 380],
    [20_000, 800, 380],
    [20_000, 340, 380],
    [100_000, 800, 380],
  ]
) {
  for (const ratio of [1, 1.5, 2]) {
    Deno.test(`layOut fits ${count} switches into ${width} × ${height} at ${ratio} device pixels`, () => {
      const cells = layOut(count, width, height, ratio);
      assert(cells.columns * cells.rows >= count);
      assert(cells.columns * (cells.rows - 1) < count, "an empty row");
      assert(cells.columns * cells.side <= width + 1e-6, "too wide");
      assert(cells.rows * cells.side <= height + 1e-6, "too high");
      assert(Math.abs(cells.side * ratio - Math.round(cells.side * ratio)) < 1e-9, "blurred");
      // One more device pixel per side would not fit, unless cells have their maximum size.
      const larger = cells.side + 1 / ratio;
      const fits = Math.ceil(count / Math.floor(width / larger)) * larger <= height;
      assert(!fits || larger > 56, `${cells.side} px is not the largest`);
    });
  }
}

Deno.test("itemAt finds each item by the middle of its cell, and none outside", () => {
  const cells = layOut(10, 200, 100, 1);
  for (let item = 0; item < 10; item++) {
    const x = (item % cells.columns + 0.5) * cells.side;
    const y = (Math.floor(item / cells.columns) + 0.5) * cells.side;
    assertEquals(itemAt(cells, x, y), item);
  }
  assertEquals([itemAt(cells, -1, 5), itemAt(cells, 5, -1), itemAt(cells, 1e4, 5)], [-1, -1, -1]);
  const last_row = layOut(5, 2 * 56, 400, 1);
  assertEquals(itemAt(last_row, 1.5 * 56, 2.5 * 56), -1);
});

Deno.test("itemBeside stays inside the map", () => {
  const cells = layOut(8, 3 * 56, 400, 1);
  const from = (item: number, key: string) => itemBeside(cells, item, key);
  assertEquals([from(0, "ArrowLeft"), from(7, "ArrowRight")], [0, 7]);
  assertEquals([from(4, "ArrowUp"), from(4, "ArrowDown"), from(5, "ArrowDown")], [1, 7, 5]);
  assertEquals([from(4, "Home"), from(4, "End"), from(7, "End"), from(4, "x")], [3, 5, 7, 4]);
});

/** Ids of ports; ports of different switches alternate. */
const portIds = (switches: number, ports: number) =>
  Array.from(
    { length: switches * ports },
    (_, i) => `0x${i % switches}:${Math.floor(i / switches) + 1}`,
  );

Deno.test("groupsOf groups ports by their switch, and is null for ids of switches", () => {
  const groups = groupsOf(portIds(2, 3));
  assertEquals([groups?.names, groups?.most], [["0x0", "0x1"], 3]);
  assertEquals([[...groups!.of], [...groups!.ranks]], [[0, 1, 0, 1, 0, 1], [0, 0, 1, 1, 2, 2]]);
  assertEquals([groupsOf(["sw-0", "sw-1"]), groupsOf([])], [null, null]);
});

for (const [switches, ports] of [[2, 40], [1_020, 40], [3, 1], [7, 5]]) {
  Deno.test(`layOut puts ${switches} × ${ports} ports into blocks that fit`, () => {
    const ids = portIds(switches, ports);
    const groups = groupsOf(ids)!;
    const cells = layOut(ids.length, 800, 400, 1, groups);
    assert(cells.columns * cells.side <= 800 && cells.rows * cells.side <= 400);
    assertEquals(new Set(cells.places).size, ids.length);
    ids.forEach((_, item) => assertEquals(cells.items[cells.places[item]], item));
    // No cell beside a port belongs to another switch, unless each switch has one port.
    for (let item = 0; item < ids.length && ports > 1; item++) {
      const place = cells.places[item];
      if ((place + 1) % cells.columns === 0) continue;
      const beside = cells.items[place + 1];
      assert(beside === undefined || beside < 0 || groups.of[beside] === groups.of[item]);
    }
  });
}

Deno.test("itemBeside crosses the free cells between blocks", () => {
  const ids = portIds(2, 4);
  const cells = layOut(8, 800, 400, 1, groupsOf(ids));
  const last_of_line = Array.from(ids.keys()).findLast((item) =>
    ids[item].startsWith("0x0") && cells.places[item] < cells.columns
  )!;
  assertEquals(ids[itemBeside(cells, last_of_line, "ArrowRight")], "0x1:1");
});

Deno.test("layOut uses no blocks if they do not fit", () => {
  const ids = portIds(2_000, 40);
  const cells = layOut(ids.length, 340, 300, 1, groupsOf(ids));
  assertEquals(cells.places, layOut(ids.length, 340, 300, 1).places);
});

Deno.test("grouped puts rows under the head of their group, groups by their first row", () => {
  const groups = groupsOf(["a:1", "b:1", "a:2", "c:1", "b:2"])!;
  const order = grouped(Uint32Array.of(4, 2, 0, 1), groups);
  assertEquals([...order], [HEAD + 1, 4, 1, HEAD + 0, 2, 0]);
});
