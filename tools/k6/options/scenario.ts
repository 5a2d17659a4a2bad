/** Scenarios with every default filled in, durations in milliseconds. */

export const EXECUTORS = [
  "shared-iterations",
  "per-vu-iterations",
  "constant-vus",
  "ramping-vus",
  "constant-arrival-rate",
  "ramping-arrival-rate",
] as const;

export type ExecutorName = typeof EXECUTORS[number];

/** Moves linearly to `target` within `duration_ms`; at once where that is 0. */
export interface Stage {
  duration_ms: number;
  target: number;
}

export interface ScenarioBase {
  name: string;
  /** After the start of the test. */
  start_time_ms: number;
  /** What running iterations get to end in once no more are started. */
  graceful_stop_ms: number;
  /** The exported function that is an iteration. */
  exec: string;
  env: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
}

export interface IterationsScenario extends ScenarioBase {
  executor: "shared-iterations" | "per-vu-iterations";
  vus: number;
  /** In all (shared), or for each VU. */
  iterations: number;
  max_duration_ms: number;
}

export interface ConstantVusScenario extends ScenarioBase {
  executor: "constant-vus";
  vus: number;
  duration_ms: number;
}

export interface RampingVusScenario extends ScenarioBase {
  executor: "ramping-vus";
  start_vus: number;
  stages: readonly Stage[];
  /** What a running iteration gets to end in when its VU is ramped down. */
  graceful_ramp_down_ms: number;
}

export interface ConstantArrivalRateScenario extends ScenarioBase {
  executor: "constant-arrival-rate";
  /** Iterations started each time unit. */
  rate: number;
  time_unit_ms: number;
  duration_ms: number;
  pre_allocated_vus: number;
  max_vus: number;
}

export interface RampingArrivalRateScenario extends ScenarioBase {
  executor: "ramping-arrival-rate";
  start_rate: number;
  time_unit_ms: number;
  /** Targets in iterations each time unit. */
  stages: readonly Stage[];
  pre_allocated_vus: number;
  max_vus: number;
}

export type Scenario =
  | IterationsScenario
  | ConstantVusScenario
  | RampingVusScenario
  | ConstantArrivalRateScenario
  | RampingArrivalRateScenario;

/** How many VUs scenarios take, and how long they last. */

/** Milliseconds a scenario may start iterations for, from its start. */
export function durationOf(scenario: Scenario): number {
  switch (scenario.executor) {
    case "shared-iterations":
    case "per-vu-iterations":
      return scenario.max_duration_ms;
    case "constant-vus":
    case "constant-arrival-rate":
      return scenario.duration_ms;
    case "ramping-vus":
    case "ramping-arrival-rate":
      return scenario.stages.reduce((sum_ms, { duration_ms }) => sum_ms + duration_ms, 0);
  }
}

/** VUs a scenario needs at most. */
export function vusMax(scenario: Scenario): number {
  switch (scenario.executor) {
    case "shared-iterations":
    case "per-vu-iterations":
    case "constant-vus":
      return scenario.vus;
    case "ramping-vus":
      return Math.max(scenario.start_vus, ...scenario.stages.map(({ target }) => target));
    case "constant-arrival-rate":
    case "ramping-arrival-rate":
      return scenario.max_vus;
  }
}

/**
 * VUs needed at the same time: scenarios that follow each other, their graceful stop included,
 * share theirs.
 */
export function peakVus(scenarios: readonly Scenario[]): number {
  let peak = 0;
  for (const { start_time_ms: time_ms } of scenarios) {
    let vus = 0;
    for (const scenario of scenarios) {
      const { start_time_ms, graceful_stop_ms } = scenario;
      const last_ms = start_time_ms + durationOf(scenario) + graceful_stop_ms;
      if (start_time_ms <= time_ms && time_ms <= last_ms) vus += vusMax(scenario);
    }
    peak = Math.max(peak, vus);
  }
  return peak;
}
