import { assert, assertEquals } from "@std/assert";
import { buildMatrix } from "../rig/mod.ts";
import { compareParsers } from "./compare.ts";
import { metricsServerParser, stdCsvParser } from "./contenders.ts";

Deno.test("both parsers read the same cells in repeated runs", () => {
  const sample = buildMatrix(3_000, 30, 1); // several chunks of 64 KiB
  const ours = metricsServerParser(sample, 3_000 * 32);
  const std = stdCsvParser(sample)();
  ours();
  const read = ours();
  assertEquals([read.rows, read.columns, std.rows, std.columns], [3_000, 31, 3_000, 31]);
  for (let row = 0; row < 3_000; row += 7) {
    for (let column = 0; column < 31; column++) {
      assertEquals(read.cell(row, column), std.cell(row, column));
    }
  }
});

Deno.test("compareParsers() returns a rate per round and judges both bounds", () => {
  const { ours, std, checks, columns, bytes } = compareParsers(200, 6, 2);
  assertEquals([ours.length, std.length, columns], [2, 2, 6]);
  assert([...ours, ...std].every((rate) => rate > 0 && Number.isFinite(rate)));
  assertEquals(bytes, buildMatrix(200, 5, 1).length);
  assertEquals(checks.map(({ unit, bound }) => [unit, bound]), [["M cells/s", 30], ["×", 6]]);
  assertEquals(checks[0].samples, ours);
});
