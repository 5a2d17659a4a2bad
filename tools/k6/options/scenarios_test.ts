import { assertEquals, assertThrows } from "@std/assert";
import { ConfigProblem } from "../exit_codes.ts";
import type { K6Options } from "./option_table.ts";
import {
  durationOf,
  peakVus,
  type RampingArrivalRateScenario,
  type Scenario,
  vusMax,
} from "./scenario.ts";
import { deriveScenarios } from "./scenario_reader.ts";

const BASE = {
  name: "default",
  start_time_ms: 0,
  graceful_stop_ms: 30_000,
  exec: "default",
  env: {},
  tags: {},
};
const SHARED = { ...BASE, executor: "shared-iterations", max_duration_ms: 600_000 } as const;

for (
  const [options, scenario] of [
    [{}, { ...SHARED, vus: 1, iterations: 1 }],
    [{ vus: 7 }, { ...SHARED, vus: 7, iterations: 7 }],
    [{ iterations: 7 }, { ...SHARED, vus: 1, iterations: 7 }],
    [{ vus: 2, iterations: 7 }, { ...SHARED, vus: 2, iterations: 7 }],
    [{ vus: 2, iterations: 7, duration: "5s" }, {
      ...SHARED,
      vus: 2,
      iterations: 7,
      max_duration_ms: 5000,
    }],
    [{ duration: "5s" }, { ...BASE, executor: "constant-vus", vus: 1, duration_ms: 5000 }],
    [{ vus: 9, duration: "5s" }, { ...BASE, executor: "constant-vus", vus: 9, duration_ms: 5000 }],
    [{ stages: [{ duration: "1m", target: 9 }], vus: 3 }, {
      ...BASE,
      executor: "ramping-vus",
      start_vus: 3,
      stages: [{ duration_ms: 60_000, target: 9 }],
      graceful_ramp_down_ms: 30_000,
    }],
    [{ stages: [], duration: "5s" }, {
      ...BASE,
      executor: "constant-vus",
      vus: 1,
      duration_ms: 5000,
    }],
    [{ scenarios: {}, vus: 2 }, { ...SHARED, vus: 2, iterations: 2 }],
  ] as [K6Options, Scenario][]
) {
  Deno.test(`deriveScenarios turns ${JSON.stringify(options)} into ${scenario.executor}`, () => {
    assertEquals(deriveScenarios(options), [scenario]);
  });
}

for (
  const [written, scenario] of [
    [{ executor: "shared-iterations" }, { ...SHARED, vus: 1, iterations: 1 }],
    [{ executor: "per-vu-iterations", vus: 3, iterations: 2, maxDuration: "1m" }, {
      ...BASE,
      executor: "per-vu-iterations",
      vus: 3,
      iterations: 2,
      max_duration_ms: 60_000,
    }],
    [{
      executor: "constant-vus",
      duration: "5s",
      startTime: "1s",
      gracefulStop: 0,
      exec: "other",
      env: { A: "b", N: 1 },
      tags: { t: "u" },
    }, {
      ...BASE,
      executor: "constant-vus",
      vus: 1,
      duration_ms: 5000,
      start_time_ms: 1000,
      graceful_stop_ms: 0,
      exec: "other",
      env: { A: "b", N: "1" },
      tags: { t: "u" },
    }],
    [{ executor: "ramping-vus", stages: [{ duration: "5s", target: 0 }], gracefulRampDown: "0s" }, {
      ...BASE,
      executor: "ramping-vus",
      start_vus: 1,
      stages: [{ duration_ms: 5000, target: 0 }],
      graceful_ramp_down_ms: 0,
    }],
    [{ executor: "constant-arrival-rate", rate: 5, duration: "5s", preAllocatedVUs: 2 }, {
      ...BASE,
      executor: "constant-arrival-rate",
      rate: 5,
      time_unit_ms: 1000,
      duration_ms: 5000,
      pre_allocated_vus: 2,
      max_vus: 2,
    }],
    [{
      executor: "ramping-arrival-rate",
      stages: [{ duration: "5s", target: 60 }],
      timeUnit: "1m",
      preAllocatedVUs: 0,
      maxVUs: 9,
    }, {
      ...BASE,
      executor: "ramping-arrival-rate",
      start_rate: 0,
      time_unit_ms: 60_000,
      stages: [{ duration_ms: 5000, target: 60 }],
      pre_allocated_vus: 0,
      max_vus: 9,
    }],
  ] as [Record<string, unknown>, Scenario][]
) {
  Deno.test(`deriveScenarios fills in the defaults of ${scenario.executor}`, () => {
    assertEquals(deriveScenarios({ scenarios: { default: written } }), [scenario]);
  });
}

Deno.test("deriveScenarios takes rates, VUs and targets as texts, and an empty text for missing", () => {
  const text = { executor: "ramping-arrival-rate", stages: [{ duration: "5", target: "7" }] };
  const [scenario] = deriveScenarios({
    scenarios: { a: { ...text, startRate: "3", preAllocatedVUs: "2", maxVUs: "" } },
  });
  const { start_rate, pre_allocated_vus, max_vus, stages } = scenario as RampingArrivalRateScenario;
  assertEquals([start_rate, pre_allocated_vus, max_vus], [3, 2, 2]);
  assertEquals(stages, [{ duration_ms: 5, target: 7 }]);
});

const RATE = { executor: "constant-arrival-rate", rate: 5, duration: "5s", preAllocatedVUs: 2 };
const RAMP = { executor: "ramping-vus", stages: [{ duration: "5s", target: 1 }] };
for (
  const [written, message] of [
    [
      {},
      ".executor: is missing: must be one of shared-iterations, per-vu-iterations, constant-vus",
    ],
    [{ executor: "externally-controlled" }, '.executor="externally-controlled": must be one of'],
    [{ executor: "constant-vus" }, ".duration: is missing: must be a duration"],
    [{ executor: "constant-vus", duration: "0s" }, '.duration="0s": must be longer than 0s'],
    [
      { executor: "constant-vus", duration: "1s", vus: 0 },
      ".vus=0: must be a whole number of VUs in 1–100000",
    ],
    [
      { executor: "constant-vus", duration: "1s", iterations: 5 },
      ".iterations: is unknown to constant-vus, which has executor, startTime, gracefulStop, exec, " +
      "env, tags, vus, duration",
    ],
    [
      { executor: "constant-vus", duration: "1s", options: { browser: {} } },
      ".options: browser scenarios are not supported",
    ],
    [
      { executor: "shared-iterations", vus: 5, iterations: 4 },
      ".iterations=4: must be at least the 5 VUs",
    ],
    [
      { executor: "shared-iterations", maxDuration: "-1s" },
      '.maxDuration="-1s": must be a duration',
    ],
    [{ executor: "ramping-vus" }, ".stages: is missing: must be a list"],
    [{ ...RAMP, stages: [] }, ".stages: must be 1–10000 stages, got 0"],
    [{ ...RAMP, stages: [{ duration: "1s" }] }, ".stages[0].target: is missing: must be a whole"],
    [{ ...RAMP, stages: [{ target: 1 }] }, ".stages[0].duration: is missing: must be a duration"],
    [{ ...RAMP, gracefulRampDown: "x" }, '.gracefulRampDown="x": must be a duration'],
    [{ ...RATE, rate: 0 }, ".rate=0: must be a whole number in 1–1000000000"],
    [{ ...RATE, rate: 0.5 }, ".rate=0.5: must be a whole number in 1–1000000000"],
    [{ ...RATE, timeUnit: "0s" }, '.timeUnit="0s": must be longer than 0s'],
    [{ ...RATE, maxVUs: 1 }, ".maxVUs=1: must be at least preAllocatedVUs, and 1: 2"],
    [{ ...RATE, preAllocatedVUs: 0 }, ".maxVUs=0: must be at least preAllocatedVUs, and 1: 1"],
    [
      { ...RATE, preAllocatedVUs: undefined },
      ".preAllocatedVUs: is missing: must be a whole number",
    ],
    [{ ...RATE, exec: 5 }, ".exec=5: must be a text"],
    [{ ...RATE, tags: { a: [] } }, ".tags.a=[]: must be a text"],
  ] as const
) {
  Deno.test(`deriveScenarios rejects a scenario: ${message.slice(0, 50)}`, () => {
    const error = assertThrows(
      () => deriveScenarios({ scenarios: { s: written } }),
      ConfigProblem,
      `scenarios.s${message}`,
    );
    assertEquals(error.problems.length, 1);
  });
}

for (
  const [options, message] of [
    [
      { iterations: 1, stages: [{ duration: "1s", target: 1 }] },
      "iterations and stages: must not be given together: each describes a whole load",
    ],
    [
      { duration: "1s", stages: [{ duration: "1s", target: 1 }] },
      "duration and stages: must not be given together: each describes a whole load",
    ],
    [
      { duration: "1s", scenarios: { a: RAMP } },
      "duration and scenarios: must not be given together: move duration into a scenario",
    ],
    [{ vus: 5, iterations: 4 }, "iterations=4: must be at least the 5 VUs"],
    [{ vus: 0 }, "vus=0: must be a whole number of VUs in 1–100000"],
    [{ vus: 0, duration: "1s" }, "vus=0: must be a whole number of VUs in 1–100000"],
    [
      { scenarios: { "a b": RAMP } },
      "scenarios.a b: its name must be 1–128 letters, digits, _ and -",
    ],
  ] as [K6Options, string][]
) {
  Deno.test(`deriveScenarios rejects options: ${message.slice(0, 50)}`, () => {
    assertThrows(() => deriveScenarios(options), ConfigProblem, message);
  });
}

Deno.test("deriveScenarios reports the problems of all scenarios at once", () => {
  const scenarios = { a: {}, b: RAMP, c: { ...RATE, rate: 0 } };
  const error = assertThrows(() => deriveScenarios({ scenarios }), ConfigProblem);
  assertEquals(error.problems.length, 2);
});

Deno.test("peakVus adds up overlapping scenarios, graceful stops included", () => {
  const vus = (vus: number, startTime: string, duration: string, gracefulStop: string) => ({
    executor: "constant-vus",
    ...{ vus, startTime, duration, gracefulStop },
  });
  const peak = (...written: Record<string, unknown>[]) =>
    peakVus(deriveScenarios({ scenarios: Object.fromEntries(Object.entries(written)) }));
  assertEquals(peak(vus(5, "0s", "10s", "0s"), vus(7, "11s", "10s", "0s")), 7);
  assertEquals(peak(vus(5, "0s", "10s", "2s"), vus(7, "11s", "10s", "0s")), 12);
  assertEquals(
    peak(vus(5, "0s", "10s", "0s"), vus(7, "3s", "1s", "0s"), vus(1, "5s", "1s", "0s")),
    12,
  );
});

Deno.test("vusMax and durationOf cover every executor", () => {
  const written = {
    shared: { executor: "shared-iterations", vus: 2, iterations: 5, maxDuration: "7s" },
    per_vu: { executor: "per-vu-iterations", vus: 3, maxDuration: "8s" },
    constant: { executor: "constant-vus", vus: 4, duration: "9s" },
    ramp: {
      ...RAMP,
      startVUs: 2,
      stages: [{ duration: "1s", target: 6 }, { duration: "2s", target: 1 }],
    },
    rate: { ...RATE, maxVUs: 8 },
    rates: {
      executor: "ramping-arrival-rate",
      stages: [{ duration: "3s", target: 1 }],
      preAllocatedVUs: 9,
    },
  };
  const scenarios = deriveScenarios({ scenarios: written });
  assertEquals(scenarios.map(vusMax), [2, 3, 4, 6, 8, 9]);
  assertEquals(scenarios.map(durationOf), [7000, 8000, 9000, 3000, 5000, 3000]);
});
