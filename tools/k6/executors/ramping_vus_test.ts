import { assertEquals } from "@std/assert";
import { runVirtually, writtenScenarios as scenarios } from "./testing/virtual_world.ts";

Deno.test("ramping-vus: VUs change evenly and reach the target at the end of the stage", async () => {
  const { world } = await runVirtually(
    scenarios({
      executor: "ramping-vus",
      startVUs: 0,
      stages: [
        { duration: "10s", target: 10 },
        { duration: "5s", target: 10 },
        { duration: "0s", target: 4 },
        { duration: "4s", target: 4 },
        { duration: "4s", target: 0 },
      ],
    }),
    { iteration_ms: () => 50 },
  );
  const expected: [number, number][] = [
    [500, 0],
    [1010, 1],
    [5510, 5],
    [9990, 9],
    [10_010, 10],
    [14_990, 10],
    [15_060, 4],
    [18_990, 4],
    [19_990, 4],
    [20_060, 3],
    [22_060, 1],
    [23_060, 0],
  ];
  for (const [at_ms, vus] of expected) assertEquals(world.runningAt(at_ms), vus, `at ${at_ms} ms`);
});

Deno.test("ramping-vus: gracefulRampDown interrupts the iteration of a VU ramped down", async () => {
  const ramp = { executor: "ramping-vus", startVUs: 2, gracefulRampDown: "3s" };
  const { world } = await runVirtually(
    scenarios({ ...ramp, stages: [{ duration: "0s", target: 1 }, { duration: "10s", target: 1 }] }),
    { iteration_ms: () => 5000 },
  );
  const [second] = world.records.filter(({ vu }) => vu === 2);
  assertEquals([second.end_ms, second.is_complete], [3000, false]);
  assertEquals(world.records.filter(({ vu }) => vu === 2).length, 1);
  assertEquals(world.records.filter(({ vu }) => vu === 1).length, 2);
});

Deno.test("ramping-vus: a VU ramped up again during its last iteration goes on", async () => {
  const { world } = await runVirtually(
    scenarios({
      executor: "ramping-vus",
      startVUs: 1,
      gracefulRampDown: "3s",
      stages: [
        { duration: "1s", target: 1 },
        { duration: "0s", target: 0 },
        { duration: "2s", target: 0 },
        { duration: "0s", target: 1 },
        { duration: "7s", target: 1 },
      ],
    }),
    { iteration_ms: () => 5000 },
  );
  assertEquals(world.records.map(({ start_ms, is_complete }) => [start_ms, is_complete]), [
    [0, true],
    [5000, true],
  ]);
});

Deno.test("ramping-vus: VUs ramped down are used again later", async () => {
  const { world } = await runVirtually(
    scenarios({
      executor: "ramping-vus",
      startVUs: 3,
      stages: [
        { duration: "0s", target: 0 },
        { duration: "5s", target: 0 },
        { duration: "0s", target: 3 },
        { duration: "1s", target: 3 },
      ],
    }),
  );
  assertEquals(world.runningAt(4000), 0);
  assertEquals(world.runningAt(5500), 3);
});
