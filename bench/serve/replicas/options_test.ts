import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../rig/mod.ts";
import { FIGURES, parseReplicasOptions, REPLICAS_USAGE } from "./options.ts";

Deno.test("parseReplicasOptions() without arguments measures everything", () => {
  const figures = new Set(Object.keys(FIGURES));
  assertEquals(parseReplicasOptions([]) as unknown, { figures, quick: false, json: null });
});

Deno.test("parseReplicasOptions() reads options in any order", () => {
  const args = ["--json", "out.json", "--only", "skew, cost", "--quick"];
  const figures = new Set(["skew", "cost"]);
  assertEquals(parseReplicasOptions(args) as unknown, { figures, quick: true, json: "out.json" });
});

Deno.test("parseReplicasOptions() refuses an unknown figure and names the known ones", () => {
  const error = assertThrows(() => parseReplicasOptions(["--only", "skew,x"]), UsageError);
  const known = Object.keys(FIGURES);
  assertEquals(error.message, `--only skew,x: must be of ${known}, got "x"`);
  for (const name of known) assertEquals(REPLICAS_USAGE.includes(name), true, name);
});
