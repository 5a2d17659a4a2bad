import { assertEquals } from "@std/assert";
import { didYouMean, nearest } from "./nearest.ts";

const NAMES = ["outage", "latency", "resets", "storm"];

const NEAR: [wrong: string, name: string | undefined][] = [
  ["outage", "outage"],
  ["outge", "outage"],
  ["otuage", "outage"],
  ["OUTAGES", "outage"],
  ["strom", "storm"],
  ["latentcy", "latency"],
  ["nonsense", undefined],
  ["o", undefined],
  ["", undefined],
];

for (const [wrong, name] of NEAR) {
  Deno.test(`nearest("${wrong}") is ${name}`, () => {
    assertEquals(nearest(wrong, NAMES), name);
  });
}

Deno.test("nearest finds a variable without its unit and one with swapped letters", () => {
  assertEquals(nearest("MAX_STALE", ["MAX_SERIES", "MAX_STALE_MS"]), "MAX_STALE_MS");
  assertEquals(nearest("switch", ["switch_id", "metric"]), "switch_id");
  assertEquals(nearest("LOG", ["LOG_LEVEL"]), undefined);
  assertEquals(nearest("METRICS_PROT", ["METRICS_FABRIC", "METRICS_PORT"]), "METRICS_PORT");
});

Deno.test("nearest prefers fewer errors, then the first name", () => {
  assertEquals(nearest("metric", ["metrics", "metric"]), "metric");
  assertEquals(nearest("field1", ["field2", "field3"]), "field2");
});

Deno.test("didYouMean is the end of a sentence, empty if no name is near", () => {
  assertEquals(didYouMean("outge", NAMES), "; did you mean outage?");
  assertEquals(didYouMean("nonsense", NAMES), "");
});
