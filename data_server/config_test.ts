import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError, describe } from "../platform/mod.ts";
import { readDataServerConfig, SPEC } from "./config.ts";
import { REFUSED_VALUES } from "./testing/refused_values.ts";

Deno.test("readDataServerConfig has a default for everything", () => {
  assertEquals(readDataServerConfig({}), {
    config: {
      DATA_SWITCHES: 64,
      DATA_INTERVAL_SEC: 10,
      DATA_FIELDS: 3,
      DATA_PROFILE: "fabric",
      DATA_PORTS: 40,
      SEED: undefined,
      FAULT_500_PCT: 0,
      FAULT_SLOW_MS: 0,
      BIND_HOST: "0.0.0.0",
      PORT: 9001,
      LOG_LEVEL: "INFO",
    },
    clamped: [],
  });
});

Deno.test("readDataServerConfig gives the ufm profile 30 value columns by default", () => {
  assertEquals(readDataServerConfig({ DATA_PROFILE: "ufm" }).config.DATA_FIELDS, 30);
  const { config } = readDataServerConfig({ DATA_PROFILE: "ufm", DATA_FIELDS: "5" });
  assertEquals(config.DATA_FIELDS, 5);
});

for (const { variable, value, message } of REFUSED_VALUES) {
  Deno.test(`readDataServerConfig refuses ${variable}=${value}`, () => {
    const error = assertThrows(() => readDataServerConfig({ [variable]: value }), ConfigError);
    assertEquals(error.message, message);
  });
}

const CLAMPED: [variable: string, value: string, used: number, min: number, max: number][] = [
  ["DATA_SWITCHES", "0", 1, 1, 100_000],
  ["DATA_SWITCHES", "100001", 100_000, 1, 100_000],
  ["DATA_INTERVAL_SEC", "0.5", 1, 1, 86_400],
  ["DATA_INTERVAL_SEC", "1000000", 86_400, 1, 86_400],
  ["DATA_FIELDS", "2", 3, 3, 200],
  ["DATA_FIELDS", "201", 200, 3, 200],
  ["DATA_PORTS", "0", 1, 1, 256],
  ["DATA_PORTS", "257", 256, 1, 256],
  ["FAULT_500_PCT", "-5", 0, 0, 100],
  ["FAULT_500_PCT", "150", 100, 0, 100],
  ["FAULT_SLOW_MS", "-1", 0, 0, 60_000],
  ["FAULT_SLOW_MS", "60001", 60_000, 0, 60_000],
];

for (const [variable, value, used, min, max] of CLAMPED) {
  Deno.test(`readDataServerConfig clamps ${variable}=${value} to ${used} and reports it`, () => {
    const { config, clamped } = readDataServerConfig({ [variable]: value });
    assertEquals((config as unknown as Record<string, unknown>)[variable], used);
    assertEquals(clamped, [{ variable, value: Number(value), used, min, max }]);
  });
}

Deno.test("readDataServerConfig lowers the ports until there are at most 200,000 rows", () => {
  const { config, clamped } = readDataServerConfig({
    DATA_PROFILE: "ufm",
    DATA_SWITCHES: "100000",
    DATA_PORTS: "40",
  });
  assertEquals(config.DATA_PORTS, 2);
  assertEquals(clamped, [{ variable: "DATA_PORTS", value: 40, used: 2, min: 1, max: 2 }]);
});

Deno.test("readDataServerConfig lowers the fields until there are at most 20 million cells", () => {
  const { config, clamped } = readDataServerConfig({
    DATA_PROFILE: "ufm",
    DATA_SWITCHES: "5000",
    DATA_FIELDS: "200",
  });
  assertEquals(config.DATA_FIELDS, 100);
  assertEquals(clamped, [{ variable: "DATA_FIELDS", value: 200, used: 100, min: 3, max: 100 }]);
});

Deno.test("readDataServerConfig does not clamp the ports of a profile without ports", () => {
  const { config, clamped } = readDataServerConfig({ DATA_SWITCHES: "100000", DATA_FIELDS: "200" });
  assertEquals([config.DATA_SWITCHES, config.DATA_FIELDS, clamped], [100_000, 200, []]);
});

Deno.test("SPEC has a description and a unit or range for every variable", () => {
  for (const row of describe(SPEC)) {
    assertEquals(row.description.length > 0, true, row.variable);
    assertEquals(row.unit !== "" || row.range !== "" || row.kind === "text", true, row.variable);
  }
});
