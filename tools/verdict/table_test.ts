import { assertEquals } from "@std/assert";
import { checkTable, conclusion, doubtLines, percent, table, wholeNumber } from "./table.ts";
import { judge } from "./verdict.ts";

const CHECKS = [
  judge({
    figure: "a",
    name: "rate",
    unit: "×",
    samples: [0.9, 0.95, 0.91],
    relation: "≥",
    bound: 0.85,
  }),
  judge({ figure: "f", name: "memory", unit: "MB", samples: [612.4], relation: "≤", bound: 600 }),
  judge({
    figure: "d",
    name: "p95",
    unit: "ms",
    samples: [],
    relation: "≤",
    bound: 7,
    doubts: ["the machine was busy"],
  }),
  judge({
    figure: "d",
    name: "rate",
    unit: "×",
    samples: [1],
    relation: "≥",
    bound: 0.9,
    doubts: ["the machine was busy"],
  }),
];

Deno.test("checkTable() shows value, bound, rounds and verdict", () => {
  assertEquals(checkTable(CHECKS), [
    "   figure  measured     bound     rounds  verdict",
    "a  rate      0.91 ×  ≥ 0.85 ×  0.90–0.95  holds",
    "f  memory    612 MB  ≤ 600 MB             BROKEN",
    "d  p95         – ms    ≤ 7 ms             INCONCLUSIVE",
    "d  rate         1 ×  ≥ 0.90 ×             INCONCLUSIVE",
  ]);
});

Deno.test("doubtLines() lists each doubt once, with its figures", () => {
  assertEquals(doubtLines(CHECKS), [
    "inconclusive d: the machine was busy",
    "inconclusive d: no samples",
  ]);
});

Deno.test("conclusion() counts the verdicts", () => {
  assertEquals(conclusion(CHECKS), "1 hold, 1 broken, 2 inconclusive");
});

Deno.test("table() aligns each column to its side", () => {
  assertEquals(table([["a", "1"], ["bcd", "234"]], [false, true]), ["a      1", "bcd  234"]);
});

Deno.test("wholeNumber() and percent() round", () => {
  assertEquals([wholeNumber(98_123.6), wholeNumber(NaN), percent(0.126)], ["98,124", "–", "13 %"]);
});
