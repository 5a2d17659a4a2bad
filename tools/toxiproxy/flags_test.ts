import { assertEquals, assertThrows } from "@std/assert";
import { readServerFlags, UsageError } from "./flags.ts";

Deno.test("readServerFlags takes toxiproxy-server's flags with one dash or two", () => {
  const args = "-host 0.0.0.0 --port=0 -config c.json -seed 7 -proxy-metrics".split(" ");
  assertEquals(readServerFlags(args, 1), {
    hostname: "0.0.0.0",
    port: 0,
    config_file: "c.json",
    seed: 7,
    metrics: true,
    version: false,
    until_stdin_ends: false,
  });
});

Deno.test("readServerFlags has toxiproxy-server's defaults, and the random seed", () => {
  const { hostname, port, config_file, seed, metrics } = readServerFlags([], 42);
  assertEquals([hostname, port, config_file, seed, metrics], ["localhost", 8474, null, 42, false]);
  assertEquals(readServerFlags(["-runtime-metrics=false"], 1).metrics, false);
  assertEquals(readServerFlags(["-runtime-metrics"], 1).metrics, true);
});

for (
  const [line, message] of [
    ["-port 99999", "-port 99999: must be a whole number, 0–65535"],
    ["-port", "-port: needs a value"],
    ["-seed x", "-seed x: must be a whole number"],
    ["-prot 1", "-prot: no such flag"],
    ["serve", "serve: no such flag"],
  ]
) {
  Deno.test(`readServerFlags refuses ${line}`, () => {
    assertThrows(() => readServerFlags(line.split(" "), 1), UsageError, message);
  });
}
