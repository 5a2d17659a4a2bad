import { assertAlmostEquals, assertEquals } from "@std/assert";
import { decimalsOf, UNKNOWN } from "./columns.js";
import { domainOf, extent, extremes, histogram, middleOf, roundDomain } from "./domain.js";
import {
  counted,
  formatBound,
  formatCell,
  formatLatency,
  formatNumber,
  formatRate,
  formatScale,
  formatSpan,
  groupDigits,
  nameAndUnit,
  reasonOf,
} from "./format.js";
import { pathOf } from "./line_chart.js";
import { Ring } from "./history.js";

/** A column of these values. */
function numbers(...all: number[]) {
  const values = Float64Array.from(all);
  const decimals = decimalsOf(values);
  return { kind: "number" as const, name: "x", info: UNKNOWN, values, decimals, exact: null };
}

const plain = (text: string) => text.replaceAll("\u00a0", " ");

for (
  const [ms, text] of [
    [-5, "0.0 s"],
    [1_849, "1.8 s"],
    [59_999, "59.9 s"],
    [60_000, "1 min 00 s"],
    [3_599_999, "59 min 59 s"],
    [3_600_000, "1 h 00 min"],
    [86_400_000, "1 d 00 h"],
    [null, "–"],
    [NaN, "–"],
  ] as const
) {
  Deno.test(`formatSpan shows ${ms} ms as ${text}`, () =>
    assertEquals(plain(formatSpan(ms)), text));
}

for (
  const [ms, text] of [[30_000, "30 s"], [11_500, "11.5 s"], [300_000, "5 min"], [
    65_000,
    "1 min 05 s",
  ]] as const
) {
  Deno.test(`formatBound shows ${ms} ms as ${text}`, () =>
    assertEquals(plain(formatBound(ms)), text));
}

for (
  const [ms, text] of [
    [0.4871, "0.487 ms"],
    [1.2345, "1.23 ms"],
    [48.13, "48.1 ms"],
    [512.6, "513 ms"],
    [1240, "1.24 s"],
    [null, "–"],
  ] as const
) {
  Deno.test(`formatLatency shows ${ms} ms as ${text}`, () =>
    assertEquals(plain(formatLatency(ms)), text));
}

Deno.test("formatRate, formatNumber and counted group, round and show missing values", () => {
  assertEquals([formatRate(0.67), formatRate(12_400.4), formatRate(null)], ["0.7", "12,400", "–"]);
  assertEquals([formatNumber(1234.5, 2), formatNumber(NaN, 2)], ["1,234.50", "–"]);
  assertEquals([counted(1, "row"), counted(2_000, "switch", "switches")], [
    "1 row",
    "2,000 switches",
  ]);
});

Deno.test("groupDigits keeps every digit, also of negative numbers", () => {
  assertEquals(groupDigits("18446744073709551615"), "18,446,744,073,709,551,615");
  assertEquals([groupDigits("-1000"), groupDigits("999")], ["-1,000", "999"]);
});

Deno.test("formatCell shows exact digits, text and missing values", () => {
  const values = Float64Array.of(2 ** 60, NaN, 1.5);
  const column = { ...numbers(), values, decimals: 1, exact: new Map([[0, "7"]]) };
  assertEquals([0, 1, 2].map((row) => formatCell(column, row)), ["7", "–", "1.5"]);
  const text = { kind: "text" as const, name: "t", info: UNKNOWN, words: ["up"] };
  const codes = Int32Array.of(0, -1);
  assertEquals([0, 1].map((row) => formatCell({ ...text, codes }, row)), ["up", "–"]);
});

Deno.test("extent skips missing values and is null without values", () => {
  assertEquals(extent(Float64Array.of(NaN, 3, -1)), { min: -1, max: 3 });
  assertEquals(extent(Float64Array.of(NaN)), null);
});

for (
  const [range, domain] of [
    [{ min: 3, max: 210 }, { min: 0, max: 225 }],
    [{ min: 900, max: 1000 }, { min: 900, max: 1000 }],
    [{ min: -4, max: 6 }, { min: -4, max: 6 }],
    [{ min: 5, max: 5 }, { min: 4.5, max: 5.5 }],
    [{ min: 0, max: 0 }, { min: -1, max: 1 }],
    [null, { min: 0, max: 1 }],
  ]
) {
  Deno.test(`roundDomain widens ${JSON.stringify(range)} to ${JSON.stringify(domain)}`, () => {
    const { min, max } = roundDomain(range);
    assertAlmostEquals(min, domain!.min);
    assertAlmostEquals(max, domain!.max);
  });
}

Deno.test("domainOf ends a logarithmic scale at powers of ten around the positive values", () => {
  const domain = (...values: number[]) =>
    domainOf({ ...numbers(...values), info: { ...UNKNOWN, scale: "log" } });
  assertEquals(domain(0, 3, 450, NaN), { min: 1, max: 1_000, is_log: true });
  assertEquals(domain(5), { min: 1, max: 10, is_log: true });
  assertEquals(domain(0, NaN), { min: 0, max: 1 });
  assertEquals(middleOf(domain(1e-14, 1e-6)), 1e-10);
});

for (
  const [values, texts] of [
    [[2.5e-14, 4.59472e-12, 0], ["2.5e-14", "4.59472e-12", "0"]],
    [[0.25, 1_234], ["0.25", "1,234.00"]],
    [[9e15, 1], ["9,000,000,000,000,000", "1"]],
    [[0, NaN], ["0", "–"]],
  ] as const
) {
  Deno.test(`formatCell shows ${values.join(" and ")} as ${texts.join(" and ")}`, () => {
    const column = numbers(...values);
    assertEquals(values.map((_, row) => formatCell(column, row)), [...texts]);
  });
}

Deno.test("formatCell shows only zero as 0, also if the sample misses a small value", () => {
  assertEquals(formatCell({ ...numbers(3e-9), decimals: 2 }, 0), "3e-9");
});

Deno.test("decimalsOf a rate is at most three", () => {
  assertEquals(decimalsOf(Float64Array.of(1 / 3), { ...UNKNOWN, of: "x" }), 3);
});

Deno.test("nameAndUnit leaves out UFM's suffixes and shows a rate as its counter", () => {
  const rate = { ...UNKNOWN, of: "SymbolErrorCounterExtended", unit: "errors/s" };
  assertEquals(nameAndUnit("rate(SymbolErrorCounterExtended)", rate), ["SymbolError", "errors/s"]);
  assertEquals(nameAndUnit("Counter", UNKNOWN), ["Counter", ""]);
});

Deno.test("reasonOf names the worst metric with its value and unit", () => {
  const info = { ...UNKNOWN, of: "PortRcvErrors", unit: "errors/s", is_error: true };
  const rate = { ...numbers(0.3), info };
  const ber = { ...numbers(5.765e-12), name: "Raw_BER", info: { ...UNKNOWN, unit: "BER" } };
  const reason = (which: number) => {
    const one = Float64Array.of(3);
    const worst = { ratios: one, sums: one, which: Int16Array.of(which), over: 1 };
    return plain(reasonOf({ ...numbers(3), worst }, [rate, ber], 0));
  };
  assertEquals([0, 1, -1].map(reason), ["PortRcvErrors 0.3/s", "Raw_BER 5.76e-12", "–"]);
});

Deno.test("histogram counts each value once and missing values separately", () => {
  const { bars, missing } = histogram(Float64Array.of(0, 10, 5, NaN, NaN), { min: 0, max: 10 });
  assertEquals([bars[0], bars[24], bars[47], missing], [1, 1, 1, 2]);
  assertEquals(bars.reduce((sum, bar) => sum + bar), 3);
});

Deno.test("extremes equals a full sort, with equal values in source order", () => {
  const values = Float64Array.from({ length: 500 }, (_, i) => i % 7 === 3 ? NaN : (i * 37) % 90);
  const rows = Array.from(values.keys()).filter((row) => !Number.isNaN(values[row]));
  for (const highest of [true, false]) {
    const sorted = rows.toSorted((a, b) =>
      (highest ? values[b] - values[a] : values[a] - values[b]) || a - b
    );
    assertEquals(extremes(values, 8, highest), sorted.slice(0, 8));
  }
  assertEquals(extremes(Float64Array.of(NaN, 2), 8, true), [1]);
  assertEquals(extremes(Float64Array.of(2, 2, 1), 2, true, Float64Array.of(1, 3, 9)), [1, 0]);
});

Deno.test("Ring keeps the last numbers, oldest first", () => {
  const ring = new Ring(3);
  assertEquals([...ring.values()], []);
  for (const value of [1, 2, 3, 4]) ring.push(value);
  assertEquals([...ring.values()], [2, 3, 4]);
});

Deno.test("pathOf leaves a gap for a missing value", () => {
  const path = pathOf([1, 2, NaN, 4], (i) => i, (value) => value);
  assertEquals(path, "M0.0 1.0h0L1.0 2.0M3.0 4.0h0");
});

Deno.test("formatScale is short if ends and middle stay distinct", () => {
  assertEquals(formatScale({ min: 0, max: 1_200 }), ["0", "600", "1.2K"]);
  assertEquals(formatScale({ min: 0, max: 2e19 }), ["0", "1e19", "2e19"]);
  assertEquals(formatScale({ min: 1_800_000_000, max: 1_800_000_010 }), [
    "1,800,000,000",
    "1,800,000,005",
    "1,800,000,010",
  ]);
});
