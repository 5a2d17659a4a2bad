import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { ScanQueue, SCANS_WAITING_MAX } from "./scan_queue.ts";

const MANY = 100_000;

/** A queue whose searches take 3 ms each. */
function queue() {
  const time = new FakeTime();
  const scans = new ScanQueue(() => time.now);
  const begun: number[] = [];
  const start_ms = time.now;
  const search = () => {
    begun.push(time.now - start_ms);
    time.tick(3);
    return "found";
  };
  return { time, scans, begun, search, [Symbol.dispose]: () => time[Symbol.dispose]() };
}

Deno.test("A search of many rows begins at once if none was before", () => {
  using tested = queue();
  assertEquals(tested.scans.run(MANY, tested.search), "found");
  assertEquals(tested.begun, [0]);
});

Deno.test("Searches of many rows take a fifth of the thread, in their order", async () => {
  using tested = queue();
  const all = [1, 2, 3].map(() => tested.scans.run(MANY, tested.search));
  await tested.time.tickAsync(100);
  assertEquals(await Promise.all(all), ["found", "found", "found"]);
  assertEquals(tested.begun, [0, 15, 30]);
});

Deno.test("A search of few rows never waits", () => {
  using tested = queue();
  tested.scans.run(MANY, tested.search);
  assertEquals(tested.scans.run(100, tested.search), "found");
});

Deno.test("Beyond SCANS_WAITING_MAX a search is refused", async () => {
  using tested = queue();
  tested.scans.run(MANY, tested.search);
  const waiting = Array.from(
    { length: SCANS_WAITING_MAX },
    () => tested.scans.run(MANY, tested.search),
  );
  assertEquals(tested.scans.run(MANY, tested.search), null);
  await tested.time.tickAsync(SCANS_WAITING_MAX * 15 + 15);
  assertEquals((await Promise.all(waiting)).length, SCANS_WAITING_MAX);
});

Deno.test("A search that throws rejects and does not stop the next one", async () => {
  using tested = queue();
  tested.scans.run(MANY, tested.search);
  const failing = tested.scans.run(MANY, () => {
    throw new Error("no row");
  });
  const rejected = assertRejects(() => Promise.resolve(failing), Error, "no row");
  const next = tested.scans.run(MANY, tested.search);
  await tested.time.tickAsync(100);
  await rejected;
  assertEquals(await next, "found");
});
