import { assertEquals, assertNotEquals } from "@std/assert";
import { parse } from "@std/csv";
import { buildMatrix } from "./matrix.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("buildMatrix() has a header and a row per switch with a value in each field", () => {
  const records = parse(text(buildMatrix(2_500, 5, 1)));
  assertEquals(records[0], [
    "switch_id",
    "bandwidth_gbps",
    "latency_us",
    "packet_errors",
    "counter_003",
    "counter_004",
  ]);
  assertEquals(records.length, 2_501);
  assertEquals([records[1][0], records[2_500][0]], ["sw-000", "sw-2499"]);
  assertEquals(
    records.slice(1).flat().every((cell) => /^(sw-\d+|\d{1,8}|\d+\.\d)$/.test(cell)),
    true,
  );
});

Deno.test("buildMatrix() repeats per edition; editions share their names", () => {
  const [one, again, two] = [1, 1, 2].map((edition) => parse(text(buildMatrix(20, 4, edition))));
  assertEquals(one, again);
  assertNotEquals(one, two);
  assertEquals(one.map(([id]) => id), two.map(([id]) => id));
});

Deno.test("buildMatrix() ends with a line end", () => {
  const bytes = buildMatrix(1_000, 1, 1);
  assertEquals([bytes.at(-1), bytes.buffer.byteLength], [10, bytes.length]);
});
