import { assert, assertEquals } from "@std/assert";
import { readTable, UNKNOWN } from "./columns.js";
import { csvOf } from "./csv.js";
import { fieldsOf, infosOf } from "./fields.js";
import type { ColumnAnswer, Info } from "./model.js";
import { orderOf, worstColumn } from "./order.js";
import { matchingRows, nameFor, numberOf, parseQuery, problemOf } from "./query.js";
import { readChoice, writeChoice } from "./settings.js";

const rate = (of: string) => ({ ...UNKNOWN, of, unit: "errors/s" });
const INFOS = new Map<string, Info>([
  ["node_description", { ...UNKNOWN, kind: "label" as const }],
  ["rate(SymbolErrorCounterExtended)", rate("SymbolErrorCounterExtended")],
  ["rate(PortRcvErrorsExtended)", rate("PortRcvErrorsExtended")],
]);
const [SYMBOLS, RECEIVED] = [...INFOS.keys()].slice(1);
const ITEMS = [
  { switch_id: "0x0a:1", node_description: "MF0;leaf 1", [SYMBOLS]: 0, [RECEIVED]: 0.05 },
  { switch_id: "0x0a:2", node_description: "MF0;leaf 1", [SYMBOLS]: 3, [RECEIVED]: 0 },
  { switch_id: "0x0b:1", node_description: "MF0;spine", [SYMBOLS]: null, [RECEIVED]: null },
  { switch_id: "0x0b:2", node_description: null, [SYMBOLS]: 0.3, [RECEIVED]: 3 },
];
const TEXT = JSON.stringify({ snapshot_id: "s", fields: [...INFOS.keys()], items: ITEMS });
const TABLE = readTable([TEXT], INFOS);
const IDS = TABLE.ids.map((id) => id.toLowerCase());
const NONE = readChoice("");

const find = (search: string) => [...matchingRows(IDS, TABLE.columns, parseQuery(search))];

for (
  const [search, rows] of [
    ["", [0, 1, 2, 3]],
    [" 0X0A ", [0, 1]],
    ["LEAF", [0, 1]],
    ["leaf :2", [1]],
    ["nothing", []],
    ["SymbolErrors>0", [1, 3]],
    ["symbolerrors>0 rcv>=3", [3]],
    ["RcvErrors<0.06", [0, 1]],
    ["node_description=mf0;spine", [2]],
    ["node_description!=mf0;spine leaf", [0, 1]],
    ["Symbol!=3", [0, 2, 3]],
  ] as const
) {
  Deno.test(`The search "${search}" finds rows ${rows}`, () =>
    assertEquals(find(search), [...rows]));
}

Deno.test("A saturated counter is above every bound", () => {
  const info = { ...UNKNOWN, kind: "counter" as const, saturated_at: "4294967295" };
  const text = '{"snapshot_id":"s","fields":["n"],"items":[{"switch_id":"x","n":4294967295}]}';
  const { columns } = readTable([text], new Map([["n", info]]));
  assertEquals([...matchingRows(["x"], columns, parseQuery("n>1e9"))], [0]);
});

Deno.test("nameFor finds a name in any case, by a part, or by its words in order", () => {
  const names = ["Raw_BER", "SymbolErrorCounterExtended", "PortRcvErrorsExtended", "latency_us"];
  for (
    const [wanted, name] of [
      ["raw_ber", names[0]],
      ["SymbolErrors", names[1]],
      ["rcv_errors", names[2]],
      ["latency", names[3]],
      ["ErrorsSymbol", null],
      ["", names[0]],
    ] as const
  ) assertEquals(nameFor(wanted, names), name, wanted);
});

Deno.test("numberOf reads powers of ten and k, M, G, T", () => {
  assertEquals(["0", "1e-12", "5k", "2.5M"].map(numberOf), [0, 1e-12, 5_000, 2_500_000]);
  assertEquals(["", "x", "5 k x"].map(numberOf), [NaN, NaN, NaN]);
});

Deno.test("problemOf names a column that does not exist", () => {
  assertEquals(problemOf(parseQuery("a load>3 lost>1"), ["load"]), "No column is named lost.");
  assertEquals(problemOf(parseQuery("load>3"), ["load"]), "");
});

Deno.test("readChoice reads what writeChoice wrote", () => {
  const choice = {
    metric: "a b",
    id: "sw/1&2",
    sort: "x",
    descending: true,
    search: "#é a>1",
    top: 20,
    raw: true,
    grouped: true,
    stale: true,
    thresholds: { "rate:x": 0.5, Raw_BER: 1e-6, off: 0 },
    columns: ["a", "b"],
  };
  assertEquals(readChoice(writeChoice(choice)), choice);
  assertEquals(readChoice(writeChoice({ ...choice, top: 0, columns: [] })).top, 0);
  assertEquals(writeChoice(NONE), "");
  assertEquals(readChoice("#top=-3&threshold=a:x&threshold=:3&threshold=b:").thresholds, {});
});

const order = (part: Partial<typeof NONE>, isStale: ((row: number) => boolean) | null = null) => {
  const choice = { ...NONE, ...part };
  return orderOf(TABLE, worstColumn(TABLE, choice), choice, isStale);
};

Deno.test("The default order is by the worst metric in thresholds, then by all of them", () => {
  // 0.05, 3 and 0.3 per second; thresholds of 0.1: 0.5, 30 and 30 + 3 times the threshold.
  assertEquals([...order({}).rows], [3, 1, 0, 2]);
  assertEquals(order({}).sort, "worst");
  const worst = worstColumn(TABLE, NONE)!;
  assertEquals([worst.worst?.over, [...worst.worst!.which]], [2, [2, 1, -1, 2]]);
});

Deno.test("A threshold of the view replaces the default; 0 takes the metric out", () => {
  const thresholds = { SymbolErrorCounterExtended: 1, PortRcvErrorsExtended: 100 };
  assertEquals([...order({ thresholds }).rows], [1, 3, 0, 2]);
  assertEquals(worstColumn(TABLE, { ...NONE, thresholds: { PortRcvErrorsExtended: 0 } }), null);
});

Deno.test("A counter that is not a rate has no part in the ranking", () => {
  const name = "SymbolErrorCounterExtended";
  const infos = new Map<string, Info>([...INFOS, [name, { ...UNKNOWN, kind: "counter" }]]);
  const items = ITEMS.map((item) => ({ ...item, [name]: 1e6 }));
  const text = JSON.stringify({ snapshot_id: "s", fields: [...infos.keys()], items });
  const worst = worstColumn(readTable([text], infos), NONE);
  assertEquals([...worst!.values], [...worstColumn(TABLE, NONE)!.values]);
});

Deno.test("top limits the rows after sorting; the search and stale rows limit what is found", () => {
  const first = order({ top: 1, search: "0x0a" });
  assertEquals([[...first.rows], first.count, first.matched], [[1], 1, 2]);
  assertEquals([...first.found!], [0, 1]);
  assertEquals([...order({ stale: true }, (row) => row === 2).rows], [2]);
  assertEquals(order({ stale: true }).matched, 0);
  assertEquals(order({}).found, null);
});

Deno.test("grouped rows stay in order under their switch", () => {
  assertEquals([...order({ grouped: true }).rows], [2 ** 31 + 1, 3, 2, 2 ** 31, 1, 0]);
});

Deno.test("csvOf quotes texts, keeps digits and leaves out heads and missing values", () => {
  const text = '{"snapshot_id":"s","fields":["n","t"],"items":[' +
    '{"switch_id":"a","n":18446744073709551614,"t":"x,\\"y\\""},{"switch_id":"b","n":null,"t":null}]}';
  const { ids, columns } = readTable([text]);
  const csv = csvOf(ids, columns, Uint32Array.of(2 ** 31, 1, 0));
  assertEquals(csv, 'switch_id,n,t\r\nb,,\r\na,18446744073709551614,"x,""y"""\r\n');
});

const answer = (name: string, part: Partial<ColumnAnswer> = {}): ColumnAnswer => ({
  name,
  kind: "gauge",
  unit: null,
  scale: "linear",
  is_error: false,
  saturated_at: null,
  rate: part.kind === "counter" ? `rate(${name})` : null,
  ...part,
});
const COUNTER = { kind: "counter", is_error: true, unit: "errors" } as const;
const UFM = infosOf([
  answer("timestamp", { kind: "time" }),
  answer("port_guid", { kind: "label" }),
  answer("PortXmitDataExtended", { kind: "counter", unit: "4 B" }),
  answer("SymbolErrorCounterExtended", COUNTER),
  answer("PortRcvErrorsExtended", COUNTER),
  answer("Raw_BER", { unit: "BER" }),
  answer("node_description", { kind: "label" }),
]);

for (
  const [words, choice, fields] of [
    ["descriptions and what is judged", {}, ["S", "R", "Raw_BER", "node_description"]],
    ["counters beside their rates, if they are raw", { raw: true }, [
      "SymbolErrorCounterExtended",
      "S",
      "PortRcvErrorsExtended",
      "R",
      "Raw_BER",
      "node_description",
    ]],
    ["the chosen columns", { columns: ["port_guid"] }, ["port_guid", "S", "R", "Raw_BER"]],
    ["a filter's column", { columns: [], search: "xmitdata>1" }, ["X", "S", "R", "Raw_BER"]],
    ["the time for stale rows", { columns: [], stale: true }, ["timestamp", "S", "R", "Raw_BER"]],
  ] as const
) {
  Deno.test(`fieldsOf requests ${words}`, () => {
    const full: Record<string, string> = {
      S: "rate(SymbolErrorCounterExtended)",
      R: "rate(PortRcvErrorsExtended)",
      X: "rate(PortXmitDataExtended)",
    };
    const wanted = fieldsOf(UFM, 40_000, { ...NONE, ...choice });
    assertEquals(wanted, fields.map((name) => full[name] ?? name));
  });
}

Deno.test("fieldsOf requests all metrics of a fabric without thresholds, up to a number of cells", () => {
  const plain = infosOf(Array.from({ length: 50 }, (_, i) => answer(`gauge_${i}`)));
  assertEquals(fieldsOf(plain, 64, NONE)?.length, 50);
  assertEquals(fieldsOf(plain, 40_000, NONE)?.length, 25);
  assertEquals(fieldsOf(new Map(), 64, NONE), null);
  const many = infosOf(Array.from({ length: 1_000 }, (_, i) => answer(`a_long_name_of_${i}`)));
  assert(fieldsOf(many, 64, NONE)!.join().length < 8_000);
});

Deno.test("Rates of words of 4 octets are in Gb/s", () => {
  const info = UFM.get("rate(PortXmitDataExtended)");
  assert(info !== undefined);
  assertEquals([info.unit, info.factor * 12.5e9 / 4], ["Gb/s", 100]);
});
