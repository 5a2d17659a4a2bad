import { assertAlmostEquals, assertEquals } from "@std/assert";
import { runVirtually, writtenScenarios as scenarios } from "./testing/virtual_world.ts";

Deno.test("constant-arrival-rate: starts are exactly even, at any rate", async () => {
  const { world } = await runVirtually(
    scenarios({
      executor: "constant-arrival-rate",
      rate: 300,
      timeUnit: "7s",
      duration: "21s",
      preAllocatedVUs: 20,
    }),
    { iteration_ms: (_vu, iteration) => 10 + iteration % 300 },
  );
  assertEquals(world.records.length, 900);
  world.records.forEach(({ start_ms, iteration }, index) => {
    assertEquals(iteration, index);
    assertEquals(start_ms, index * 7000 / 300);
  });
  assertEquals(world.drops, []);
});

Deno.test("constant-arrival-rate: a start without a free VU is dropped when it is due", async () => {
  const { world, run } = await runVirtually(
    scenarios({
      executor: "constant-arrival-rate",
      rate: 10,
      duration: "2s",
      preAllocatedVUs: 1,
      maxVUs: 2,
    }),
    { iteration_ms: () => 990 },
  );
  assertEquals(world.records.map(({ start_ms }) => start_ms), [0, 100, 1000, 1100]);
  assertEquals(run.progress()[0].iterations_dropped, 16);
  assertEquals(world.drops.map(({ at_ms }) => at_ms).slice(0, 3), [200, 300, 400]);
});

Deno.test("constant-arrival-rate: all preAllocatedVUs take turns", async () => {
  const { world } = await runVirtually(
    scenarios({
      executor: "constant-arrival-rate",
      rate: 100,
      duration: "1s",
      preAllocatedVUs: 7,
    }),
    { iteration_ms: () => 1 },
  );
  assertEquals(world.records.map(({ vu }) => vu), world.records.map((_, i) => 1 + i % 7));
  assertEquals(world.vus_taken, 0);
});

Deno.test("constant-arrival-rate: with coarse timers the end of an iteration starts due arrivals", async () => {
  const { world } = await runVirtually(
    scenarios({
      executor: "constant-arrival-rate",
      rate: 100,
      duration: "50ms",
      preAllocatedVUs: 5,
    }),
    { iteration_ms: () => 31, timer_grain_ms: 100 },
  );
  assertEquals(world.records.map(({ start_ms }) => start_ms), [0, 31, 31, 31]);
  assertEquals(world.drops, [{ scenario: "s0", at_ms: 62, iterations: 1 }]);
});

Deno.test("ramping-arrival-rate: starts follow the integral of the rate", async () => {
  const { world } = await runVirtually(
    scenarios({
      executor: "ramping-arrival-rate",
      startRate: 0,
      timeUnit: "1s",
      stages: [
        { duration: "10s", target: 0 },
        { duration: "10s", target: 100 },
        { duration: "5s", target: 100 },
        { duration: "10s", target: 20 },
      ],
      preAllocatedVUs: 20,
    }),
  );
  assertEquals(world.records.length, 500 + 500 + 600);
  world.records.forEach(({ start_ms }, index) => {
    assertAlmostEquals(countedUntil(start_ms / 1000), index, 1e-6);
  });
  assertEquals(world.records[0].start_ms, 10_000);

  /** ∫ rate, from the definition. */
  function countedUntil(s: number): number {
    if (s < 10) return 0;
    if (s < 20) return 10 * (s - 10) ** 2 / 2;
    if (s < 25) return 500 + 100 * (s - 20);
    return 1000 + 100 * (s - 25) - 8 * (s - 25) ** 2 / 2;
  }
});
