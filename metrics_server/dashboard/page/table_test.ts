import { assert, assertEquals } from "@std/assert";
import { isSaturated, readTable, UNKNOWN } from "./columns.js";
import { firstMetric } from "./domain.js";
import { History } from "./history.js";
import { nameRows } from "./format.js";
import { idKeys, scrollTo, sortKeys, sortRows, windowOf } from "./rows.js";
import { pauseMs } from "./poll_loop.js";

const ANSWER = `{"snapshot_id":"s-1","age_ms":5,"fields":["a","b","c"],"items":[` +
  `{"switch_id":"sw-10","a":1.25,"b":"up","c":18446744073709551615},` +
  `{"switch_id":"sw-9","a":null,"b":null,"c":7},` +
  `{"switch_id":"x","a":3,"b":"down","c":-9007199254740993}]}`;

const NUMBER = { kind: "number" as const, info: UNKNOWN, decimals: 0, exact: null };

Deno.test("readTable separates numbers, text and missing values, with decimals", () => {
  const { snapshot_id, ids, columns: [a, b] } = readTable([ANSWER]);
  assertEquals([snapshot_id, ids], ["s-1", ["sw-10", "sw-9", "x"]]);
  assert(a.kind === "number" && b.kind === "text");
  assertEquals([...a.values, a.decimals], [1.25, NaN, 3, 2]);
  assertEquals([b.words, [...b.codes]], [["up", "down"], [0, -1, 1]]);
});

Deno.test("readTable keeps the digits of whole numbers beyond 2^53", () => {
  const { columns: [, , c] } = readTable([ANSWER]);
  assert(c.kind === "number" && c.exact !== null);
  assertEquals([...c.exact], [[0, "18446744073709551615"], [2, "-9007199254740993"]]);
});

Deno.test("readTable takes saturated counters out of the values and keeps their digits", () => {
  const answer = (digits: string) =>
    `{"snapshot_id":"s","fields":["n"],"items":[{"switch_id":"x","n":${digits}}]}`;
  const counter = (saturated_at: string | null, digits: string) => {
    const infos = new Map([["n", { ...UNKNOWN, kind: "counter" as const, saturated_at }]]);
    const [n] = readTable([answer(digits)], infos).columns;
    assert(n.kind === "number");
    return [n.values[0], isSaturated(n, 0), n.exact?.get(0)];
  };
  const full = "18446744073709551615";
  assertEquals(counter(full, full), [NaN, true, full]);
  assertEquals(counter("4294967295", "4294967295"), [NaN, true, "4294967295"]);
  assertEquals(counter(full, "18446744073709551614"), [2 ** 64, false, "18446744073709551614"]);
  assertEquals(counter(null, full), [2 ** 64, false, full]);
});

Deno.test("readTable scales values into the displayed unit", () => {
  const infos = new Map([["a", { ...UNKNOWN, factor: 32e-9 }]]);
  const text = '{"snapshot_id":"s","fields":["a"],"items":[{"switch_id":"x","a":5e9}]}';
  const [a] = readTable([text], infos).columns;
  assert(a.kind === "number");
  assertEquals(a.values[0], 160);
});

Deno.test("readTable accepts an empty list", () => {
  assertEquals(readTable([`{"snapshot_id":"s","fields":["a"],"items":[]}`]).ids, []);
});

Deno.test("nameRows returns switch, port, or row for mixed ids", () => {
  const ports = ["0x248a070300e50c00:1", "0x248A070300E50C00:40", "248a070300e50c00:2"];
  const switches = ["sw-000", "0x248a070300e50c00", "rack:3", "aa:bb:cc:dd:ee:1", ""];
  assertEquals(nameRows(ports)[1], "ports");
  for (const id of switches) assertEquals(nameRows([id])[1], "switches", id);
  assertEquals(nameRows([...switches, ...ports])[1], "rows");
  assertEquals(nameRows([])[1], "switches");
});

Deno.test("sortRows puts missing values last and keeps equal rows in order", () => {
  const keys = Float64Array.of(2, NaN, 1, 2, NaN);
  const rows = () => Uint32Array.of(0, 1, 2, 3, 4);
  assertEquals([...sortRows(rows(), keys, false)], [2, 0, 3, 1, 4]);
  assertEquals([...sortRows(rows(), keys, true)], [0, 3, 2, 1, 4]);
});

Deno.test("firstMetric skips labels, times, texts and empty columns", () => {
  const columns = (items: Record<string, unknown>[]) =>
    readTable(
      [JSON.stringify({ snapshot_id: "a", fields: Object.keys(items[0]), items })],
      new Map([["at", { ...UNKNOWN, kind: "time" }], ["lid", { ...UNKNOWN, kind: "label" }]]),
    ).columns;
  const rows = [{ at: 1, lid: 7, source: "x", tag: null, ber: null, octets: 3 }];
  assertEquals(firstMetric(columns(rows))?.name, "octets");
  assertEquals(firstMetric(columns([{ at: 1, tag: null }]))?.name, "at");
  assertEquals(firstMetric([]), null);
});

Deno.test("idKeys sorts sw-9 before sw-10, and sortKeys text by its words", () => {
  const { ids, columns } = readTable([ANSWER]);
  assertEquals([...sortRows(Uint32Array.of(0, 1, 2), idKeys(ids), false)], [1, 0, 2]);
  assertEquals([...sortRows(Uint32Array.of(0, 1, 2), sortKeys(columns[1]), false)], [2, 0, 1]);
});

Deno.test("History returns a switch's values oldest first, NaN for a gap", () => {
  const history = new History();
  const { ids, columns } = readTable([ANSWER]);
  history.push({ snapshot_id: "1", ids, columns }, 1_000);
  const others = ["x", "new"];
  const values = Float64Array.of(8, 9);
  const column = { ...NUMBER, name: "a", values };
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
      const column = { ...NUMBER, name: "v", values };
      history.push({ snapshot_id: "", ids, columns: [column] }, i);
    }
    return history;
  };
  assertEquals(push(new History(8 * 10 * 4, 720), 10, 9).length, 4);
  const few = push(new History(1e9, 3), 10, 9);
  assertEquals([...few.seriesOf("a", ["v"]).series[0].values], [6, 7, 8]);
  assertEquals(push(new History(1, 720), 10, 9).length, 1);
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
