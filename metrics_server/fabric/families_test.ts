import { assertEquals, assertLess } from "@std/assert";
import { type ColumnKind, describeColumn, type KindSource } from "../../contracts/mod.ts";
import { familiesOf, labelNames } from "./families.ts";

function column(name: string, kind: ColumnKind = "gauge", kind_from: KindSource = "name") {
  return { name, ...describeColumn(name, kind), kind_from, rate: null };
}

function namesOf(...columns: ReturnType<typeof column>[]): string[] {
  return familiesOf(columns).map(({ name, type }) => `${type} ${name}`);
}

Deno.test("families are the counters and gauges; a counter by its values stays a gauge", () => {
  assertEquals(
    namesOf(
      column("x", "counter"),
      column("y", "counter", "values"),
      column("at", "time"),
      column("tag", "label"),
    ),
    ["counter fabric_x", "gauge fabric_y"],
  );
});

Deno.test("names of columns never become equal, with or without the suffix of counters", () => {
  assertEquals(
    namesOf(
      column("a.b"),
      column("a b"),
      column("a_b_2"),
      column("c_total"),
      column("c", "counter"),
      column("d_total", "counter"),
    ),
    [
      "gauge fabric_a_b",
      "gauge fabric_a_b_2",
      "gauge fabric_a_b_2_2",
      "gauge fabric_c_total",
      "counter fabric_c_2",
      "counter fabric_d",
    ],
  );
});

Deno.test("no column gets a name of the service itself", () => {
  assertEquals(namesOf(column("telemetry_data_age_seconds"), column("telemetry.x", "counter")), [
    "gauge fabric_column_telemetry_data_age_seconds",
    "counter fabric_column_telemetry_x",
  ]);
});

Deno.test("naming equal columns takes time in proportion to their number", () => {
  const columns = Array.from({ length: 4095 }, (_, i) => column("!?,;"[i % 4].repeat(9)));
  const { has } = Set.prototype;
  let lookups = 0;
  Set.prototype.has = function (value) {
    lookups++;
    return has.call(this, value);
  };
  try {
    const names = familiesOf(columns).map(({ name }) => name);
    assertEquals([new Set(names).size, names.at(-1)], [4095, "fabric___________4095"]);
  } finally {
    Set.prototype.has = has;
  }
  assertLess(lookups, 3 * 4095);
});

Deno.test("labels never get the names of the id's labels, or reserved ones", () => {
  assertEquals(labelNames(["port", "node description", "node_description", "__x", "9"]), [
    "port_2",
    "node_description",
    "node_description_2",
    "column___x",
    "column_9",
  ]);
});
