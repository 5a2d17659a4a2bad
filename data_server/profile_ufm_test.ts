import {
  assert,
  assertEquals,
  assertGreater,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import { parse } from "@std/csv";
import { MISSING_VALUES } from "../contracts/mod.ts";
import { UfmSimulation } from "./profile_ufm.ts";
import { rowsOf } from "./testing/test_app.ts";

/** Longest time between the timestamp of an up port and its snapshot. */
const ROW_LAG_US_MAX = 50_000;
/** Shortest time between the timestamp of a down port and its snapshot. */
const DOWN_SINCE_MS = 600_000;

const START_MS = 1_764_000_000_000;
const TAKEN_AT_MS = START_MS + 30_000;
const SIZES = { switches: 6, ports: 40, fields: 30, seed: 42, start_ms: START_MS };
const ROWS = SIZES.switches * SIZES.ports;

type Row = Record<string, string>;

function rows(simulation: UfmSimulation): Row[] {
  const columns = [...simulation.columns];
  return parse(rowsOf(simulation, TAKEN_AT_MS), { columns }) as Row[];
}

Deno.test("UfmSimulation has the header of UFM's primary endpoint", () => {
  const { columns } = new UfmSimulation(SIZES);
  assertEquals(columns.slice(0, 14), [
    "timestamp",
    "source_id",
    "tag",
    "node_guid",
    "port_guid",
    "port_num",
    "PortXmitDataExtended",
    "PortRcvDataExtended",
    "PortXmitPktsExtended",
    "PortRcvPktsExtended",
    "SymbolErrorCounterExtended",
    "LinkErrorRecoveryCounterExtended",
    "LinkDownedCounterExtended",
    "PortRcvErrorsExtended",
  ]);
  assertEquals(new Set(columns).size, 6 + SIZES.fields, "no column twice");
});

Deno.test("UfmSimulation has one row per port and one port GUID per switch", () => {
  const all = rows(new UfmSimulation(SIZES));
  assertEquals(all.length, ROWS);
  assertEquals(new Set(all.map((row) => row.node_guid)).size, SIZES.switches);
  assertEquals(new Set(all.map((row) => `${row.node_guid}:${row.port_num}`)).size, ROWS);
  for (const row of all) {
    assertMatch(row.node_guid, /^0x[0-9a-f]{16}$/);
    assertEquals(row.port_guid, row.node_guid);
    assertEquals(row.tag, "");
  }
  assertEquals(all[0].port_num, "1");
  assertEquals(all[SIZES.ports - 1].port_num, String(SIZES.ports));
});

Deno.test("UfmSimulation dates each row in microseconds, slightly before the snapshot", () => {
  const lags_us = rows(new UfmSimulation(SIZES)).map((row) => {
    assertMatch(row.timestamp, /^\d{16}$/);
    return TAKEN_AT_MS * 1_000 - Number(row.timestamp);
  });
  const up = lags_us.filter((lag_us) => lag_us < ROW_LAG_US_MAX);
  assert(up.every((lag_us) => lag_us >= 0));
  assertGreater(new Set(up).size, ROWS / 2, "ports are not all read at once");
});

Deno.test("UfmSimulation keeps the time and counts of down ports", () => {
  const simulation = new UfmSimulation(SIZES);
  const before = rows(simulation);
  simulation.step(0, SIZES.switches);
  const after = rows(simulation);
  const down = after.map((_, index) => index).filter((index) =>
    TAKEN_AT_MS * 1_000 - Number(after[index].timestamp) >= DOWN_SINCE_MS * 1_000
  );
  assert(down.includes(2) && down.length < ROWS / 8, `down: ${down}`);
  for (const index of down) assertEquals(after[index], before[index]);
  after.forEach((row, index) => {
    if (!down.includes(index)) assertNotEquals(row.Raw_BER, "N/A");
  });
});

Deno.test("UfmSimulation lets the errors of a few ports grow and hardly any others", () => {
  const simulation = new UfmSimulation({ ...SIZES, switches: 64 });
  const before = rows(simulation);
  for (let tick = 0; tick < 30; tick++) simulation.step(0, 64);
  const grown = rows(simulation).map((row, n) =>
    Object.keys(row).filter((name) =>
      /Error|Downed|Discards|Dropped|counter_/.test(name) &&
      Number(row[name]) > Number(before[n][name])
    ).length
  );
  const ailing = grown.filter((columns) => columns > 0).length;
  assertGreater(ailing, grown.length / 200);
  assertGreater(grown.length / 25, ailing);
  assertLessOrEqual(Math.max(...grown), 2);
});

Deno.test("UfmSimulation writes exact 64-bit counters up to 2^64 − 1", () => {
  const simulation = new UfmSimulation(SIZES);
  const start = rows(simulation);
  assertEquals(start[0].PortXmitDataExtended, "9007199254740993");
  assertEquals(start[2].PortXmitDataExtended, "18446744073709551615");
  for (let tick = 0; tick < 40; tick++) simulation.step(0, SIZES.switches);
  const { ports } = simulation;
  rows(simulation).forEach((row, index) => {
    for (const field of [0, 1, 2, 3, 4, 7]) {
      const text = row[simulation.columns[6 + field]];
      assertEquals(BigInt(text), ports.counters.get(ports.cell(index, field)));
      assertEquals(String(BigInt(text)), text);
      assertLessOrEqual(BigInt(start[index][simulation.columns[6 + field]]), BigInt(text));
    }
  });
  const inexact = rows(simulation).filter((row) =>
    String(Number(row.PortXmitDataExtended)) !== row.PortXmitDataExtended
  );
  assertGreater(inexact.length, ROWS / 8, "counters that a JavaScript number would corrupt");
});

Deno.test("UfmSimulation has empty, N/A and nan cells, bit error ratios and texts", () => {
  const all = rows(new UfmSimulation(SIZES));
  const cells = new Set(all.flatMap((row) => Object.values(row)));
  for (const missing of ["", "N/A", "nan"]) {
    assert(cells.has(missing), `a cell "${missing}"`);
    assert(MISSING_VALUES.includes(missing.toLowerCase()));
  }
  const ratios = all.map((row) => row.Raw_BER).filter((cell) => cell !== "N/A");
  for (const ratio of ratios) {
    assertMatch(ratio, /^[1-9]\.\d{5}e-\d{1,2}$/);
    assert(Number(ratio) > 0 && Number(ratio) < 1e-5);
  }
  assertEquals(all[41].node_description, "MF0;sw-001:MQM9700/U1");
  assertEquals(
    new Set(all.map((row) => row.Link_speed_active)),
    new Set(["EDR", "HDR", "NDR", ""]),
  );
  assert(all.every((row) => Number(row.Chip_Temp) >= 30 && Number(row.Chip_Temp) <= 90));
});

Deno.test("UfmSimulation produces the same rows for the same seed", () => {
  const [a, b] = [new UfmSimulation(SIZES), new UfmSimulation(SIZES)];
  for (let tick = 0; tick < 5; tick++) {
    assertEquals(rowsOf(a, TAKEN_AT_MS), rowsOf(b, TAKEN_AT_MS));
    a.step(0, SIZES.switches);
    for (let index = 0; index < SIZES.switches; index++) b.step(index, index + 1);
  }
  const other = new UfmSimulation({ ...SIZES, seed: 43 });
  assertNotEquals(rowsOf(a, TAKEN_AT_MS), rowsOf(other, TAKEN_AT_MS));
});

Deno.test("UfmSimulation has the configured number of value columns, 3 to 200", () => {
  for (const fields of [3, 13, 200]) {
    const simulation = new UfmSimulation({ ...SIZES, switches: 1, fields });
    assertEquals(simulation.columns.length, 6 + fields);
    assert(rows(simulation).every((row) => Object.keys(row).length === 6 + fields));
  }
});

Deno.test("UfmSimulation writes at most switch_bytes_max bytes per switch", () => {
  for (const fields of [3, 30, 200]) {
    const simulation = new UfmSimulation({ ...SIZES, fields });
    const { length } = rowsOf(simulation, TAKEN_AT_MS);
    assertLessOrEqual(length, SIZES.switches * simulation.switch_bytes_max);
  }
});
