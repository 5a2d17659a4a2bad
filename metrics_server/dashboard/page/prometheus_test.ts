import { assert, assertEquals } from "@std/assert";
import { UNKNOWN } from "./columns.js";
import type { Column, Info } from "./model.js";
import { historyUrl } from "./prometheus.js";

const BASE = "http://127.0.0.1:9090/";

function column(name: string, info: Partial<Info> = {}): Column {
  const values = new Float64Array(1);
  return {
    kind: "number",
    name,
    info: { ...UNKNOWN, ...info },
    values,
    decimals: 0,
    exact: null,
  };
}

/** Expressions and tabs of the page's panels. */
function panels(id: string, of: Column | null = null): [expr: string, tab: string][] {
  const url = new URL(historyUrl(BASE, id, of)!);
  assertEquals(url.origin + url.pathname, "http://127.0.0.1:9090/graph");
  const { searchParams } = url;
  const count = [...searchParams.keys()].filter((name) => name.endsWith(".expr")).length;
  assertEquals(searchParams.size, 3 * count);
  return Array.from({ length: count }, (_, i) => {
    assertEquals(searchParams.get(`g${i}.range_input`), "1h");
    return [searchParams.get(`g${i}.expr`)!, searchParams.get(`g${i}.tab`)!];
  });
}

for (
  const base of [
    "",
    "javascript:alert(1)",
    " http://prom.example/",
    "data:text/html,x",
    "//prom.example/",
    "http:prom.example",
    "ftp://prom.example/",
  ]
) {
  Deno.test(`"${base}" is no place for a history`, () => {
    assertEquals(historyUrl(base, "sw-0", null), null);
  });
}

for (
  const [base, start] of [
    ["https://prom.example/prometheus/", "https://prom.example/prometheus/graph?"],
    ["HTTP://prom.example", "HTTP://prom.example/graph?"],
  ]
) {
  Deno.test(`The history under ${base} begins with ${start}`, () => {
    assert(historyUrl(base, "sw-0", null)!.startsWith(`${start}g0.expr=`));
  });
}

Deno.test("Without a metric, the history is a graph of all series of the row", () => {
  assertEquals(panels("sw-0"), [['{__name__=~"fabric_.+",switch="sw-0"}', "0"]]);
});

Deno.test("The history of a port finds its series, whether its id is composed or one name", () => {
  assertEquals(panels("0xa:1"), [[
    '{__name__=~"fabric_.+",switch="0xa",port="1"} or {__name__=~"fabric_.+",switch="0xa:1"}',
    "0",
  ]]);
});

for (
  const [name, info, expr] of [
    ["latency_us", {}, '{__name__=~"fabric_latency_us(_total)?",switch="s"}'],
    ["packets", { kind: "counter" }, '{__name__=~"fabric_packets(_total)?",switch="s"}'],
    ["x_total", { kind: "counter" }, '{__name__=~"fabric_x(_total)?",switch="s"}'],
    ["rate(e.r-r)", { of: "e.r-r" }, 'rate({__name__=~"fabric_e_r_r(_total)?",switch="s"}[5m])'],
    ["telemetry_x", {}, '{__name__=~"fabric_column_telemetry_x(_total)?",switch="s"}'],
  ] as [string, Partial<Info>, string][]
) {
  Deno.test(`The history of ${name} is a graph over the table of its row`, () => {
    assertEquals(panels("s", column(name, info)), [
      [expr, "0"],
      ['{__name__=~"fabric_.+",switch="s"}', "1"],
    ]);
  });
}

for (const kind of ["label", "time"] as const) {
  Deno.test(`A column that is a ${kind} has no history of its own`, () => {
    assertEquals(panels("s", column("c", { kind })).length, 1);
  });
}

Deno.test("No character of an id ends its label value, its selector or its parameter", () => {
  const id = '"} or vector(1) #\\\n&g0.expr=up';
  const [[expr]] = panels(id);
  assertEquals(
    expr,
    String.raw`{__name__=~"fabric_.+",switch="\"} or vector(1) #\\\n&g0.expr=up"}`,
  );
});
