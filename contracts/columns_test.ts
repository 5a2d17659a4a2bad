import { assert, assertEquals } from "@std/assert";
import {
  describeColumn,
  isSaturated,
  knownColumn,
  matchesColumn,
  rateName,
  rateOf,
} from "./columns.ts";

Deno.test("knownColumn knows kind, unit and scale of UFM's and data_server's columns", () => {
  for (
    const [name, kind, unit, scale, is_error] of [
      ["bandwidth_gbps", "gauge", "Gb/s", "linear", false],
      ["latency_us", "gauge", "µs", "linear", false],
      ["packet_errors", "counter", "errors", "log", true],
      ["PortXmitDataExtended", "counter", "4 B", "log", false],
      ["portrcvdata", "counter", "4 B", "log", false],
      ["SymbolErrorCounterExtended", "counter", "errors", "log", true],
      ["LinkDownedCounter", "counter", "errors", "log", true],
      ["PortXmitDiscardsExtended", "counter", "packets", "log", true],
      ["Effective_BER", "gauge", "BER", "log", true],
      ["Raw_BER", "gauge", "BER", "log", true],
      ["Chip_Temp", "gauge", "°C", "linear", false],
      ["counter_031", "counter", null, "log", false],
      ["gauge_005", "gauge", null, "linear", false],
      ["node_description", "label", null, "linear", false],
      ["tag", "label", null, "linear", false],
      ["Node_GUID", "label", null, "linear", false],
      ["phy_raw_errors_lane3", "counter", "errors", "log", true],
      ["CableInfo.Temperature", "gauge", "°C", "linear", false],
      ["rate(PortXmitDataExtended)", "gauge", "4 B/s", "log", false],
      ["rate(SymbolErrorCounter)", "gauge", "errors/s", "log", true],
      ["rate(watts)", "gauge", "1/s", "log", false],
      ["timestamp", "time", null, "linear", false],
    ] as const
  ) {
    const { kind: k, unit: u, scale: s, is_error: e } = knownColumn(name)!;
    assertEquals([k, u, s, e], [kind, unit, scale, is_error], name);
  }
  assertEquals(knownColumn("watts"), null);
  assertEquals(knownColumn("Chip_TempExtended"), null, "only counters have an extended form");
});

Deno.test("describeColumn keeps the unit of a known name whose kind is configured otherwise", () => {
  const { kind, unit, saturated_at } = describeColumn("latency_us", "counter");
  assertEquals([kind, unit, saturated_at], ["counter", "µs", "18446744073709551615"]);
  assertEquals(describeColumn("latency_us", "label").unit, null);
  assertEquals(describeColumn("watts", "gauge").scale, "linear");
});

Deno.test("isSaturated compares all digits, and 32 bits only for counters of that width", () => {
  const saturated = (digits: string, name: string) => isSaturated(digits, knownColumn(name)!);
  assert(saturated("18446744073709551615", "PortXmitDataExtended"));
  assert(!saturated("18446744073709551614", "PortXmitDataExtended"));
  assert(!saturated("4294967295", "PortXmitDataExtended"));
  assert(saturated("4294967295", "PortXmitData"));
  assert(saturated("18446744073709551615", "PortXmitData"), "a source may widen it");
  assert(!saturated("18446744073709551615", "Raw_BER"));
});

Deno.test("matchesColumn takes names in any case, with * at one end", () => {
  assert(matchesColumn("fan_RPM", "Fan_rpm"));
  assert(matchesColumn("fan*", "FAN_1"));
  assert(matchesColumn("*rpm", "fan_rpm"));
  assert(!matchesColumn("fan", "fan_1"));
});

Deno.test("rateName and rateOf are inverse", () => {
  assertEquals(rateName("a(b)"), "rate(a(b))");
  assertEquals(rateOf("rate(a(b))"), "a(b)");
  for (const other of ["rate()", "rate(a", "a", "RATE(a)"]) assertEquals(rateOf(other), null);
});
