/** Which columns their values show to be counters. */
import { assertEquals } from "@std/assert";
import { snapshotOf } from "../testing/snapshots.ts";
import type { SnapshotData } from "./snapshot.ts";

/** Kinds of a column after each of its values, one snapshot each. */
function kindsAfter(...values: readonly (unknown | readonly unknown[])[]): string[] {
  let before: SnapshotData | null = null;
  return values.map((of_rows) => {
    const rows = [of_rows].flat().map((value, row) => `sw-${row},${value}\n`);
    before = snapshotOf(`switch_id,fans\n${rows.join("")}`, 0, [], before);
    const { kind, kind_from } = before.columns[0];
    return `${kind} ${kind_from}`;
  });
}

const GAUGE = "gauge default";
const COUNTER = "counter values";

Deno.test("Whole numbers that never decrease are a counter once one has increased", () => {
  assertEquals(kindsAfter(5, 5, 6, 6, 9), [GAUGE, GAUGE, COUNTER, COUNTER, COUNTER]);
  assertEquals(kindsAfter([1, 7, "N/A"], [1, 8, 3]), [GAUGE, COUNTER]);
  const beyond_2_53 = [2n ** 53n, 2n ** 53n + 1n];
  assertEquals(kindsAfter(...beyond_2_53), [GAUGE, COUNTER]);
});

Deno.test("A counter stays one after resets", () => {
  assertEquals(kindsAfter(5, 6, 0, 1, 0, 2).slice(1), Array(5).fill(COUNTER));
});

Deno.test("A column that decreases as often as it increases is a gauge", () => {
  assertEquals(kindsAfter([5, 5], [6, 4], [7, 3]), [GAUGE, GAUGE, GAUGE]);
  assertEquals(kindsAfter(5, 6, 5, 6, 5, 6, 5).at(-1), GAUGE, "it only rose at first");
});

Deno.test("A counter that was reset at first is known after five increases", () => {
  assertEquals(kindsAfter(5, 0, 1, 2, 3, 4, 5).slice(-2), [GAUGE, COUNTER]);
});

Deno.test("Decimals and negative numbers make a column a gauge for good", () => {
  assertEquals(kindsAfter(5, 5.5, 6, 7, 8).slice(1), Array(4).fill("gauge values"));
  assertEquals(kindsAfter(-5, -4, 3, 4), Array(4).fill("gauge values"));
});

Deno.test("Text makes a column a label; the first values that are there decide", () => {
  assertEquals(kindsAfter("", "ACME", 7, 8), [GAUGE, ...Array(3).fill("label values")]);
});

Deno.test("Rows that come or go are not compared, and what was seen is kept", () => {
  assertEquals(kindsAfter([5, 9], [6, 9], [3], [3]), [GAUGE, COUNTER, COUNTER, COUNTER]);
  assertEquals(kindsAfter([5], [6, 1], [6, 2]), [GAUGE, GAUGE, COUNTER]);
});
