import { assert, assertEquals } from "@std/assert";
import { cellAt, cellBeside, layOut } from "./cells.js";
import { readTable } from "./columns.js";
import { firstMetric } from "./domain.js";
import { History } from "./history.js";
import { nameRows } from "./format.js";
import { idKeys, matchingRows, scrollTo, sortKeys, sortRows, windowOf } from "./rows.js";
import { pauseMs } from "./poll_loop.js";
import { readChoice, writeChoice } from "./settings.js";

const ANSWER = `{"snapshot_id":"s-1","age_ms":5,"fields":["a","b","c"],"items":[` +
  `{"switch_id":"sw-10","a":1.25,"b":"up","c":18446744073709551615},` +
  `{"switch_id":"sw-9","a":null,"b":null,"c":7},` +
  `{"switch_id":"x","a":3,"b":"down","c":-9007199254740993}]}`;

Deno.test("readTable separates numbers, text and missing values, with decimals", () => {
  const { snapshot_id, ids, columns: [a, b] } = readTable(ANSWER);
  assertEquals([snapshot_id, ids], ["s-1", ["sw-10", "sw-9", "x"]]);
  assert(a.kind === "number" && b.kind === "text");
  assertEquals([...a.values, a.decimals], [1.25, NaN, 3, 2]);
  assertEquals([b.words, [...b.codes]], [["up", "down"], [0, -1, 1]]);
});

Deno.test("readTable keeps the digits of whole numbers beyond 2^53", () => {
  const { columns: [, , c] } = readTable(ANSWER);
  assert(c.kind === "number" && c.exact !== null);
  assertEquals([...c.exact], [[0, "18446744073709551615"], [2, "-9007199254740993"]]);
});

Deno.test("readTable accepts an empty list", () => {
  assertEquals(readTable(`{"snapshot_id":"s","fields":["a"],"items":[]}`).ids, []);
});

Deno.test("nameRows returns switch, port, or row for mixed ids", () => {
  const ports = ["0x248a070300e50c00:1", "0x248A070300E50C00:40", "248a070300e50c00:2"];
  const switches = ["sw-000", "0x248a070300e50c00", "rack:3", "aa:bb:cc:dd:ee:1", ""];
  assertEquals(nameRows(ports)[1], "ports");
  for (const id of switches) assertEquals(nameRows([id])[1], "switches", id);
  assertEquals(nameRows([...switches, ...ports])[1], "rows");
  assertEquals(nameRows([])[1], "switches");
});

Deno.test("matchingRows finds a part of the id in any case; all for an empty text", () => {
  const ids = ["sw-1", "leaf-1", "sw-2"];
  assertEquals([...matchingRows(ids, " SW ")], [0, 2]);
  assertEquals([...matchingRows(ids, "")], [0, 1, 2]);
  assertEquals([...matchingRows(ids, "none")], []);
});

Deno.test("sortRows puts missing values last and keeps equal rows in order", () => {
  const keys = Float64Array.of(2, NaN, 1, 2, NaN);
  const rows = () => Uint32Array.of(0, 1, 2, 3, 4);
  assertEquals([...sortRows(rows(), keys, false)], [2, 0, 3, 1, 4]);
  assertEquals([...sortRows(rows(), keys, true)], [0, 3, 2, 1, 4]);
});

Deno.test("firstMetric skips times, texts and empty columns", () => {
  const columns = (items: Record<string, unknown>[]) =>
    readTable(JSON.stringify({ snapshot_id: "a", fields: Object.keys(items[0]), items })).columns;
  const rows = [{ timestamp: 1, source: "x", tag: null, ber: null, octets: 3 }];
  assertEquals(firstMetric(columns(rows))?.name, "octets");
  assertEquals(firstMetric(columns([{ timestamp: 1, tag: null }]))?.name, "timestamp");
  assertEquals(firstMetric([]), null);
});

Deno.test("idKeys sorts sw-9 before sw-10, and sortKeys text by its words", () => {
  const { ids, columns } = readTable(ANSWER);
  assertEquals([...sortRows(Uint32Array.of(0, 1, 2), idKeys(ids), false)], [1, 0, 2]);
  assertEquals([...sortRows(Uint32Array.of(0, 1, 2), sortKeys(columns[1]), false)], [2, 0, 1]);
});

Deno.test("History returns a switch's values oldest first, NaN for a gap", () => {
  const history = new History();
  const { ids, columns } = readTable(ANSWER);
  history.push({ snapshot_id: "1", ids, columns }, 1_000);
  const others = ["x", "new"];
  const values = Float64Array.of(8, 9);
  const column = { kind: "number" as const, name: "a", values, decimals: 0, exact: null };
  history.push({ snapshot_id: "2", ids: others, columns: [column] }, 2_000);
  const { times_ms, series } = history.seriesOf("x", ["a"]);
  assertEquals([[...times_ms], [...series[0].values]], [[1_000, 2_000], [3, 8]]);
  assertEquals([...history.seriesOf("new", ["a", "none"]).series[0].values], [NaN, 9]);
});

Deno.test("History keeps its limits of bytes and snapshots, and always the newest", () => {
  const push = (history: History, rows: number, n: number) => {
    const ids = ["a"];
    for (let i = 0; i < n; i++) {
      const values = new Float64Array(rows).fill(i);
      const column = { kind: "number" as const, name: "v", values, decimals: 0, exact: null };
      history.push({ snapshot_id: "", ids, columns: [column] }, i);
    }
    return history;
  };
  assertEquals(push(new History(8 * 10 * 4, 720), 10, 9).length, 4);
  const few = push(new History(1e9, 3), 10, 9);
  assertEquals([...few.seriesOf("a", ["v"]).series[0].values], [6, 7, 8]);
  assertEquals(push(new History(1, 720), 10, 9).length, 1);
});

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

Deno.test("cellAt finds each cell by its middle, and none outside", () => {
  const cells = layOut(10, 200, 100, 1);
  for (let cell = 0; cell < 10; cell++) {
    const x = (cell % cells.columns + 0.5) * cells.side;
    const y = (Math.floor(cell / cells.columns) + 0.5) * cells.side;
    assertEquals(cellAt(cells, x, y), cell);
  }
  assertEquals([cellAt(cells, -1, 5), cellAt(cells, 5, -1), cellAt(cells, 1e4, 5)], [-1, -1, -1]);
  const last_row = layOut(5, 2 * 56, 400, 1);
  assertEquals(cellAt(last_row, 1.5 * 56, 2.5 * 56), -1);
});

Deno.test("cellBeside stays inside the map", () => {
  const cells = { count: 8, columns: 3, rows: 3, side: 10, gap: 1 };
  const from = (cell: number, key: string) => cellBeside(cells, cell, key);
  assertEquals([from(0, "ArrowLeft"), from(7, "ArrowRight")], [0, 7]);
  assertEquals([from(4, "ArrowUp"), from(4, "ArrowDown"), from(5, "ArrowDown")], [1, 7, 5]);
  assertEquals([from(4, "Home"), from(4, "End"), from(7, "End"), from(4, "x")], [3, 5, 7, 4]);
});

Deno.test("windowOf contains the visible rows and a bounded number of others", () => {
  const count = 20_000;
  for (const scroll_px of [0, 13, 28 * 777, 28 * count - 560, 28 * count]) {
    const { from, to } = windowOf({ count, row_px: 28, scroll_px, height_px: 560 });
    assert(from <= scroll_px / 28 && to >= Math.min(count, (scroll_px + 560) / 28), `${scroll_px}`);
    assert(to - from <= 40, `${to - from} rows`);
    assertEquals(from % 2, 0);
  }
  assertEquals(windowOf({ count: 3, row_px: 28, scroll_px: 900, height_px: 560 }), {
    from: 0,
    to: 3,
  });
});

Deno.test("scrollTo moves as little as needed", () => {
  const place = { row_px: 28, scroll_px: 280, height_px: 280 };
  assertEquals([scrollTo(5, place), scrollTo(12, place), scrollTo(20, place)], [140, 280, 308]);
});

Deno.test("readChoice reads what writeChoice wrote", () => {
  const choice = { metric: "a b", id: "sw/1&2", sort: "x", descending: true, search: "#é" };
  assertEquals(readChoice(writeChoice(choice)), choice);
  const none = { metric: "", id: "", sort: "", descending: false, search: "" };
  assertEquals([writeChoice(none), readChoice("")], ["", none]);
});

for (
  const [words, state, pause_ms] of [
    ["the interval", {}, 1_000],
    ["twice as long after one failure", { failures: 1 }, 2_000],
    ["at most 8 s after many", { failures: 99 }, 8_000],
    ["four times what a long body took", { took_ms: 900 }, 3_600],
    ["ten times as long while hidden", { hidden: true }, 10_000],
  ] as const
) {
  Deno.test(`pauseMs is ${words}`, () => {
    const usual = { interval_ms: 1_000, failures: 0, took_ms: 5, hidden: false, random: 0.5 };
    assertEquals(Math.round(pauseMs({ ...usual, ...state })), pause_ms);
  });
}
