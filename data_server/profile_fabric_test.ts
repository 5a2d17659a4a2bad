import { assert, assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import { parse } from "@std/csv";
import { switchName } from "../contracts/mod.ts";
import { FabricSimulation } from "./profile_fabric.ts";
import { rowsOf } from "./testing/test_app.ts";

const SIZES = { switches: 20, fields: 12, seed: 42 };
const TICKS = 5;

function ticks(
  simulation: FabricSimulation,
  count: number,
  stride = simulation.switches,
): string[] {
  return Array.from({ length: count }, () => {
    const rows = rowsOf(simulation);
    for (let from = 0; from < simulation.switches; from += stride) {
      simulation.step(from, Math.min(from + stride, simulation.switches));
    }
    return rows;
  });
}

Deno.test("FabricSimulation names the contract's columns first, then further ones by number", () => {
  assertEquals(new FabricSimulation({ ...SIZES, fields: 3 }).columns, [
    "switch_id",
    "bandwidth_gbps",
    "latency_us",
    "packet_errors",
  ]);
  const wide = new FabricSimulation({ ...SIZES, fields: 200 }).columns;
  assertEquals(wide.slice(3, 8), [
    "packet_errors",
    "counter_003",
    "counter_004",
    "gauge_005",
    "counter_006",
  ]);
  assertEquals(new Set(wide).size, 201);
});

Deno.test("FabricSimulation produces the same values for the same seed", () => {
  const first = ticks(new FabricSimulation(SIZES), TICKS);
  assertEquals(ticks(new FabricSimulation(SIZES), TICKS), first);
  assertEquals(new Set(first).size, TICKS, "every tick changes something");
});

Deno.test("FabricSimulation produces the same values whatever the slices", () => {
  const whole = ticks(new FabricSimulation(SIZES), TICKS);
  for (const stride of [1, 7]) {
    assertEquals(ticks(new FabricSimulation(SIZES), TICKS, stride), whole, `stride ${stride}`);
  }
});

Deno.test("FabricSimulation produces other values for another seed", () => {
  assertNotEquals(
    rowsOf(new FabricSimulation(SIZES)),
    rowsOf(new FabricSimulation({ ...SIZES, seed: 43 })),
  );
});

Deno.test("FabricSimulation writes CSV that @std/csv reads back to exactly its numbers", () => {
  const simulation = new FabricSimulation(SIZES);
  for (let tick = 0; tick < TICKS; tick++) {
    const rows = parse(rowsOf(simulation));
    assertEquals(rows.map(([id]) => id), Array.from(rows, (_, index) => switchName(index)));
    assertEquals(rows.map((row) => row.slice(1).map(Number)), valuesOf(simulation));
    simulation.step(0, simulation.switches);
  }
});

Deno.test("FabricSimulation varies gauges within their range and only grows counters", () => {
  const simulation = new FabricSimulation({ switches: 8, fields: 6, seed: 9 });
  let before = valuesOf(simulation);
  const bandwidths = new Set<number>();
  for (let tick = 0; tick < 300; tick++) {
    simulation.step(0, simulation.switches);
    const now = valuesOf(simulation);
    now.forEach(([bandwidth, latency, errors, counter, , gauge], index) => {
      bandwidths.add(bandwidth);
      assert(bandwidth >= 0 && bandwidth <= 400, `bandwidth ${bandwidth}`);
      assert(latency >= 0.5 && latency <= 50, `latency ${latency}`);
      assert(gauge >= 0 && gauge <= 100, `gauge ${gauge}`);
      assert(errors >= before[index][2] && counter >= before[index][3]);
    });
    before = now;
  }
  assertGreater(bandwidths.size, 100);
  const start = valuesOf(new FabricSimulation({ switches: 8, fields: 6, seed: 9 }));
  before.forEach((row, index) => {
    assertGreater(row[2], start[index][2]);
    assertGreater(row[3], start[index][3]);
  });
});

Deno.test("FabricSimulation writes at most switch_bytes_max bytes per switch", () => {
  const simulation = new FabricSimulation({ switches: 2_000, fields: 30, seed: 1 });
  const longest = Math.max(...rowsOf(simulation).split("\n").map((row) => row.length + 1));
  assert(longest <= simulation.switch_bytes_max, `${longest} > ${simulation.switch_bytes_max}`);
});

function valuesOf(simulation: FabricSimulation): number[][] {
  return Array.from(
    { length: simulation.switches },
    (_, index) => simulation.columns.slice(1).map((_, field) => simulation.valueAt(index, field)),
  );
}
