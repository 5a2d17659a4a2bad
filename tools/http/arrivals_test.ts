import { assertEquals } from "@std/assert";
import { ArrivalQueue, intendedStart } from "./arrivals.ts";

Deno.test("intendedStart() spaces arrivals evenly and does not drift", () => {
  assertEquals([0, 1, 2].map((index) => intendedStart(index, 10_000)), [0, 0.1, 0.2]);
  assertEquals(intendedStart(36_000_000, 10_000), 3_600_000);
});

Deno.test("ArrivalQueue returns arrivals in order across the end of its ring", () => {
  const queue = new ArrivalQueue(3);
  const out: number[] = [];
  for (let i = 0; i < 10; i++) {
    queue.push(i);
    if (queue.length === 3) out.push(queue.shift(), queue.shift());
  }
  while (queue.length > 0) out.push(queue.shift());
  assertEquals(out, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("ArrivalQueue refuses a start beyond its capacity", () => {
  const queue = new ArrivalQueue(2);
  assertEquals([queue.push(1), queue.push(2), queue.push(3), queue.length], [true, true, false, 2]);
});

Deno.test("ArrivalQueue returns NaN when it is empty", () => {
  assertEquals(new ArrivalQueue(1).shift(), NaN);
});
