import { assert, assertEquals, assertRejects } from "@std/assert";
import { mulberry32 } from "../../verdict/mod.ts";
import { durationOf, vusMax } from "../options/scenario.ts";
import { startScenarios } from "./start_scenarios.ts";
import {
  runVirtually,
  VirtualWorld,
  writtenScenarios,
  writtenScenarios as scenarios,
} from "./testing/virtual_world.ts";

Deno.test("shared-iterations: VUs share the iterations, fast VUs run more of them", async () => {
  const { world } = await runVirtually(
    scenarios({ executor: "shared-iterations", vus: 3, iterations: 10 }),
    { iteration_ms: (vu) => vu === 1 ? 100 : 300 },
  );
  const by_vu = [1, 2, 3].map((vu) => world.records.filter((record) => record.vu === vu).length);
  assertEquals(by_vu, [6, 2, 2]);
  assertEquals(world.records.map(({ iteration }) => iteration), [...Array(10).keys()]);
  assertEquals(world.drops, []);
  assertEquals(world.vus_taken, 0);
});

Deno.test("per-vu-iterations: every VU runs its own number of iterations", async () => {
  const { world } = await runVirtually(
    scenarios({ executor: "per-vu-iterations", vus: 3, iterations: 4 }),
    { iteration_ms: (vu) => vu * 100 },
  );
  const by_vu = [1, 2, 3].map((vu) => world.records.filter((record) => record.vu === vu).length);
  assertEquals(by_vu, [4, 4, 4]);
  assertEquals(world.now_ms, 1200);
});

for (
  const { executor, iterations, started, dropped } of [
    { executor: "shared-iterations", iterations: 100, started: 30, dropped: 70 },
    { executor: "per-vu-iterations", iterations: 100, started: 30, dropped: 170 },
  ]
) {
  Deno.test(`${executor}: the rest at maxDuration is dropped at that time`, async () => {
    const { world, run } = await runVirtually(
      scenarios({ executor, vus: 2, iterations, maxDuration: "1s", gracefulStop: "10s" }),
      { iteration_ms: () => 70 },
    );
    assertEquals(world.records.length, started);
    assertEquals(world.drops, [{ scenario: "s0", at_ms: 1000, iterations: dropped }]);
    assertEquals(run.progress()[0].iterations_dropped, dropped);
  });
}

Deno.test("constant-vus: VUs run back to back until the duration is over", async () => {
  const { world, run } = await runVirtually(
    scenarios({ executor: "constant-vus", vus: 5, duration: "2s" }),
    { iteration_ms: () => 300 },
  );
  assertEquals(world.records.length, 5 * 7);
  assertEquals(Math.max(...world.records.map(({ start_ms }) => start_ms)), 1800);
  assertEquals(world.now_ms, 2100);
  assert(world.records.every(({ is_complete }) => is_complete));
  const [{ state, iterations_completed, iterations_started }] = run.progress();
  assertEquals({ state, iterations_completed, iterations_started }, {
    state: "finished",
    iterations_completed: 35,
    iterations_started: 35,
  });
});

for (
  const { gracefulStop, lasts_ms, end_ms, is_complete } of [
    { gracefulStop: undefined, lasts_ms: 20_000, end_ms: 20_000, is_complete: true },
    { gracefulStop: undefined, lasts_ms: 60_000, end_ms: 31_000, is_complete: false },
    { gracefulStop: "0s", lasts_ms: 2000, end_ms: 1000, is_complete: false },
    { gracefulStop: "500ms", lasts_ms: 1499, end_ms: 1499, is_complete: true },
    { gracefulStop: "500ms", lasts_ms: 1501, end_ms: 1500, is_complete: false },
  ]
) {
  for (
    const executor of [
      { executor: "constant-vus", duration: "1s" },
      { executor: "shared-iterations", maxDuration: "1s" },
      { executor: "per-vu-iterations", maxDuration: "1s" },
      { executor: "ramping-vus", stages: [{ duration: "1s", target: 1 }] },
      { executor: "constant-arrival-rate", rate: 1, duration: "1s", preAllocatedVUs: 1 },
    ]
  ) {
    const stop = gracefulStop ?? "30s";
    const fate = is_complete ? "completes" : "is interrupted";
    Deno.test(
      `${executor.executor}: an iteration of ${lasts_ms} ms ${fate} (gracefulStop ${stop})`,
      async () => {
        const { world, run } = await runVirtually(
          scenarios({ ...executor, gracefulStop }),
          { iteration_ms: () => lasts_ms },
        );
        assertEquals(world.records.length, 1);
        assertEquals(world.records[0].end_ms, end_ms);
        assertEquals(world.records[0].is_complete, is_complete);
        assertEquals(run.progress()[0].iterations_interrupted, is_complete ? 0 : 1);
        assertEquals(world.vus_taken, 0);
      },
    );
  }
}

Deno.test("an iteration that ignores its interrupt delays the run by 5 s only", async () => {
  const { world } = await runVirtually(
    scenarios({ executor: "constant-vus", duration: "1s", gracefulStop: "1s" }),
    { iteration_ms: () => Infinity, can_interrupt: false },
  );
  assertEquals(world.now_ms, 1000 + 1000 + 5000);
});

Deno.test("a scenario starts at its startTime and reuses VUs of a finished one", async () => {
  const both = scenarios(
    { executor: "constant-vus", vus: 4, duration: "2s", gracefulStop: "1s" },
    { executor: "constant-vus", vus: 4, duration: "2s", startTime: "5s", gracefulStop: "1s" },
  );
  const { world } = await runVirtually(both);
  assertEquals(world.now_ms, 7000);
  const second = world.records.filter(({ scenario }) => scenario === "s1");
  assertEquals(second[0].start_ms, 5000);
  assertEquals(second.length, 80);
  assertEquals(new Set(world.records.map(({ vu }) => vu)).size, 4);
});

Deno.test("abort() interrupts running iterations, starts none and drops none", async () => {
  const all = scenarios(
    { executor: "constant-vus", vus: 2, duration: "10s" },
    { executor: "shared-iterations", iterations: 1000 },
    { executor: "constant-arrival-rate", rate: 100, duration: "10s", preAllocatedVUs: 50 },
    { executor: "ramping-vus", startVUs: 1, stages: [{ duration: "10s", target: 5 }] },
    { executor: "constant-vus", duration: "10s", startTime: "5s" },
  );
  // Arrivals of the last 30 ms are due, but their timers have not fired.
  const world = new VirtualWorld(all, { timer_grain_ms: 200 });
  const run = startScenarios(all, world);
  await world.advance(1030);
  assertEquals(run.progress().map(({ state }) => state), [
    ...["running", "running", "running", "running"],
    "waiting",
  ]);
  const running = world.runningAt(1030);
  const started = world.records.length;
  run.abort();
  await world.advance();
  await run.finished;
  assertEquals(world.now_ms, 1030);
  assertEquals(world.records.length, started);
  assertEquals(world.records.filter(({ is_complete }) => !is_complete).length, running);
  assertEquals(world.drops, []);
  assertEquals(world.vus_taken, 0);
  assert(run.progress().every(({ state }) => state === "finished"));
});

Deno.test("progress() is by time, or by iterations if their number is fixed", async () => {
  const both = scenarios(
    { executor: "constant-vus", vus: 2, duration: "10s" },
    { executor: "per-vu-iterations", vus: 2, iterations: 50 },
  );
  const world = new VirtualWorld(both);
  const run = startScenarios(both, world);
  await world.advance(1050);
  assertEquals(run.progress().map(({ progress, vus_active }) => [progress, vus_active]), [
    [0.105, 2],
    [0.2, 2],
  ]);
  run.abort();
  await run.finished;
});

for (
  const executor of [
    { executor: "constant-vus", vus: 3, duration: "10s" },
    { executor: "constant-arrival-rate", rate: 100, duration: "10s", preAllocatedVUs: 30 },
    { executor: "ramping-vus", startVUs: 1, stages: [{ duration: "10s", target: 9 }] },
  ]
) {
  Deno.test(`${executor.executor}: too few VUs end the run with an error`, async () => {
    const error = await assertRejects(() => runVirtually(scenarios(executor), { vus: 2 }), Error);
    assert(/s0: it needs up to \d+ VUs, has 2, and no more are free/.test(error.message));
  });
}

Deno.test("a scenario that fails ends the others", async () => {
  const two = scenarios(
    { executor: "constant-vus", vus: 2, duration: "10s" },
    { executor: "constant-vus", vus: 2, duration: "10s", startTime: "1s" },
  );
  const world = new VirtualWorld(two, { vus: 3 });
  const run = startScenarios(two, world);
  run.finished.catch(() => {});
  await world.advance();
  assertEquals(world.now_ms, 1000);
  await assertRejects(() => run.finished, Error, "s1: it needs up to 2 VUs");
});

const ROUNDS = 300;

Deno.test(`${ROUNDS} random runs keep the invariants of every executor`, async () => {
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const random = mulberry32(seed);
    const upTo = (max: number) => Math.floor(random() * (max + 1));
    const written = Array.from({ length: 1 + upTo(2) }, () => drawScenario(upTo));
    const scenarios = writtenScenarios(...written);
    const lasts_ms = 1 + upTo(3000);
    const timer_grain_ms = [0, 0, 7, 400][upTo(3)];
    // VirtualWorld throws if a VU gets two iterations at a time.
    const { world, run } = await runVirtually(scenarios, {
      iteration_ms: (vu, iteration) => (vu * 37 + iteration * 11) % lasts_ms + 0.5,
      timer_grain_ms,
    });
    const about = `seed ${seed}: ${JSON.stringify(written)}`;
    assertEquals(world.vus_taken, 0, about);
    scenarios.forEach((scenario, index) => {
      const own = world.records.filter((record) => record.scenario === scenario.name);
      const first_ms = scenario.start_time_ms;
      const end_ms = first_ms + durationOf(scenario);
      const progress = run.progress()[index];
      assertEquals(own.map(({ iteration }) => iteration), [...own.keys()], about);
      assert(own.every(({ start_ms }) => start_ms >= first_ms && start_ms < end_ms), about);
      const cut_ms = end_ms + scenario.graceful_stop_ms + timer_grain_ms;
      assert(own.every((record) => record.end_ms <= cut_ms), about);
      assert(new Set(own.map(({ vu }) => vu)).size <= vusMax(scenario) * scenarios.length, about);
      for (const { start_ms } of own) {
        const running = own.filter((other) =>
          other.start_ms <= start_ms && other.end_ms > start_ms
        );
        assert(running.length <= vusMax(scenario), about);
      }
      assertEquals(progress.iterations_started, own.length, about);
      const complete = own.filter(({ is_complete }) => is_complete).length;
      assertEquals(progress.iterations_completed, complete, about);
      assertEquals(progress.iterations_interrupted, own.length - complete, about);
      if (scenario.executor === "constant-arrival-rate") {
        const due = Math.ceil(scenario.duration_ms * scenario.rate / scenario.time_unit_ms);
        assertEquals(own.length + progress.iterations_dropped, due, about);
      }
      if (scenario.executor === "shared-iterations") {
        assertEquals(own.length + progress.iterations_dropped, scenario.iterations, about);
      }
    });
  }
});

function drawScenario(upTo: (max: number) => number): Record<string, unknown> {
  const base = { startTime: `${upTo(3)}s`, gracefulStop: `${upTo(2000)}ms` };
  const vus = 1 + upTo(6);
  const stages = Array.from({ length: 1 + upTo(4) }, () => ({
    duration: `${upTo(3)}s`,
    target: upTo(8),
  }));
  const drawn = [
    { executor: "shared-iterations", vus, iterations: vus + upTo(40), maxDuration: "5s" },
    { executor: "per-vu-iterations", vus, iterations: 1 + upTo(20), maxDuration: "5s" },
    { executor: "constant-vus", vus, duration: `${1 + upTo(5)}s` },
    {
      executor: "ramping-vus",
      startVUs: upTo(5),
      stages: [...stages, { duration: "0s", target: 1 }],
      gracefulRampDown: `${upTo(2000)}ms`,
    },
    { executor: "constant-arrival-rate", rate: 1 + upTo(20), duration: "4s", preAllocatedVUs: vus },
    { executor: "ramping-arrival-rate", startRate: upTo(9), stages, preAllocatedVUs: vus },
  ];
  return { ...base, ...drawn[upTo(drawn.length - 1)] };
}
