import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "../testing/seeded_random.ts";
import { runVirtually } from "./testing/virtual_world.ts";
import { writtenScenarios } from "./testing/written_scenarios.ts";
import { durationOf, vusMax } from "./vu_demand.ts";

const ROUNDS = 300;

Deno.test(`${ROUNDS} random runs keep to what every executor promises`, async () => {
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const random = seededRandom(seed);
    const upTo = (max: number) => Math.floor(random() * (max + 1));
    const written = Array.from({ length: 1 + upTo(2) }, () => drawScenario(upTo));
    const scenarios = writtenScenarios(...written);
    const lasts_ms = 1 + upTo(3000);
    const timer_grain_ms = [0, 0, 7, 400][upTo(3)];
    // A virtual VU throws where it is asked to run two iterations at a time.
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
