import { assertEquals, assertStrictEquals } from "@std/assert";
import { holdRepeatedRows, repeatedRows } from "./repeated_ids.ts";
import { snapshotOf } from "../testing/snapshots.ts";

const of = (...ids: string[]) =>
  snapshotOf(`switch_id,a\n${ids.map((id) => `${id},1\n`).join("")}`);

Deno.test("repeatedRows marks rows that an earlier source has, else is null", () => {
  const [a, b, c, d] = [of("x", "y"), of("y", "z"), of("w", "z", "x"), of("v")];
  const { rows } = repeatedRows([a, b, c, d]);
  assertEquals(rows, [null, new Uint8Array([1, 0]), new Uint8Array([0, 1, 1]), null]);
  assertEquals(repeatedRows([b, a]).rows, [null, new Uint8Array([0, 1])]);
  assertEquals(repeatedRows([a]).rows, [null]);
});

Deno.test("holdRepeatedRows() applies to the same topologies only", () => {
  const [a, b] = [of("x"), of("x")];
  const computed = { key: `${a.topology.serial},${b.topology.serial}`, rows: [null, null] };
  holdRepeatedRows(computed);
  assertStrictEquals(repeatedRows([a, b]), computed);
  assertEquals(repeatedRows([b, a]).rows, [null, new Uint8Array([1])]);
});
