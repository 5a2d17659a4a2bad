import { assertEquals } from "@std/assert";
import { ITEMS_EAGER_BYTES_MAX, ITEMS_WANTED_SNAPSHOTS, ItemsDemand } from "./items_demand.ts";

const LONG = ITEMS_EAGER_BYTES_MAX + 1;

Deno.test("Short items are always prepared, long ones not before somebody asks", () => {
  const demand = new ItemsDemand();
  assertEquals([demand.take(ITEMS_EAGER_BYTES_MAX), demand.take(LONG)], [true, false]);
});

Deno.test("A wish for long items holds for a few snapshots, and anew from each time it is told", () => {
  const demand = new ItemsDemand();
  demand.ask();
  for (let n = 1; n < ITEMS_WANTED_SNAPSHOTS; n++) assertEquals(demand.take(LONG), true);
  demand.ask();
  for (let n = 0; n < ITEMS_WANTED_SNAPSHOTS; n++) assertEquals(demand.take(LONG), true);
  assertEquals(demand.take(LONG), false);
});
