import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "./config_error.ts";
import { choice, integer, optional, port, text } from "./entry.ts";
import { describe, readConfig } from "./read_config.ts";
import { urlList } from "./url_list.ts";

const SPEC = {
  SWITCHES: integer({ default: 64, min: 1, max: 100, unit: "switches", description: "How many" }),
  PORT: port({ default: 9001 }),
  LEVEL: choice({ default: "INFO", of: ["INFO", "WARN"], description: "Least level" }),
  HOST: text({ default: "0.0.0.0", description: "Address" }),
  STALE_MS: optional(integer({ min: 1, max: 9, unit: "ms", description: "Limit" })),
  URLS: urlList({ default: "http://a/", max: 4, description: "Sources" }),
};

Deno.test("readConfig gives each value its type under the variable's name", () => {
  const { config } = readConfig(SPEC, { STALE_MS: "3", LEVEL: "warn" });
  // Assignments that type checking would refuse if a type were lost.
  const switches: number = config.SWITCHES;
  const level: "INFO" | "WARN" = config.LEVEL;
  const stale_ms: number | undefined = config.STALE_MS;
  const urls: string[] = config.URLS;
  assertEquals([switches, level, stale_ms, urls], [64, "WARN", 3, ["http://a/"]]);
  assertEquals(Object.keys(config), Object.keys(SPEC));
});

Deno.test("readConfig names every bad variable in one line", () => {
  const error = assertThrows(
    () => readConfig(SPEC, { PORT: "70000", SWITCHES: "x", LEVEL: "WARN" }),
    ConfigError,
  );
  assertEquals(
    error.message,
    "SWITCHES=x: must be a whole number 1–100 (switches), e.g. 64; PORT=70000: must be 0–65535",
  );
});

Deno.test("readConfig collects all clamped numbers", () => {
  const { clamped } = readConfig(SPEC, { SWITCHES: "500", STALE_MS: "0" });
  assertEquals(clamped, [
    { variable: "SWITCHES", value: 500, used: 100, min: 1, max: 100 },
    { variable: "STALE_MS", value: 0, used: 1, min: 1, max: 9 },
  ]);
});

Deno.test("readConfig passes on errors that are not about configuration", () => {
  const env = new Proxy({}, {
    get: () => {
      throw new TypeError("broken");
    },
  });
  assertThrows(() => readConfig(SPEC, env), TypeError, "broken");
});

Deno.test("describe() lists unit, default, range and description of every variable", () => {
  assertEquals(describe(SPEC).slice(0, 3), [
    {
      variable: "SWITCHES",
      kind: "whole number",
      unit: "switches",
      default: "64",
      range: "1–100",
      description: "How many",
      optional: false,
    },
    {
      variable: "PORT",
      kind: "port",
      unit: "",
      default: "9001",
      range: "0–65535",
      description: "TCP port to listen on; 0 picks a free one",
      optional: false,
    },
    {
      variable: "LEVEL",
      kind: "choice",
      unit: "",
      default: "INFO",
      range: "INFO, WARN",
      description: "Least level",
      optional: false,
    },
  ]);
  assertEquals(
    describe(SPEC).slice(3).map((row) => [row.variable, row.default, row.range, row.optional]),
    [
      ["HOST", "0.0.0.0", "", false],
      ["STALE_MS", undefined, "1–9", true],
      ["URLS", "http://a/", "1–4 http:// or https:// URLs", false],
    ],
  );
});
