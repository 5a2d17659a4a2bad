/** Scenarios with all defaults filled in. */

export const EXECUTORS = [
  "shared-iterations",
  "per-vu-iterations",
  "constant-vus",
  "ramping-vus",
  "constant-arrival-rate",
  "ramping-arrival-rate",
] as const;

export type ExecutorName = typeof EXECUTORS[number];

/** Changes linearly to `target` within `duration_ms`; at once if that is 0. */
export interface Stage {
  duration_ms: number;
  target: number;
}

export interface ScenarioBase {
  name: string;
  /** Delay after the start of the test. */
  start_time_ms: number;
  /** Time running iterations have to finish at the end of the scenario. */
  graceful_stop_ms: number;
  /** Name of the exported function to run. */
  exec: string;
  env: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
}

export interface IterationsScenario extends ScenarioBase {
  executor: "shared-iterations" | "per-vu-iterations";
  vus: number;
  /** In total (shared) or per VU. */
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
  /** Time a running iteration has to finish when its VU is ramped down. */
  graceful_ramp_down_ms: number;
}

interface ArrivalRateBase extends ScenarioBase {
  /** Period of rates. */
  time_unit_ms: number;
  pre_allocated_vus: number;
  max_vus: number;
}

interface ConstantArrivalRateScenario extends ArrivalRateBase {
  executor: "constant-arrival-rate";
  /** Iterations started per time unit. */
  rate: number;
  duration_ms: number;
}

export interface RampingArrivalRateScenario extends ArrivalRateBase {
  executor: "ramping-arrival-rate";
  start_rate: number;
  /** Targets in iterations per time unit. */
  stages: readonly Stage[];
}

export type ArrivalRateScenario = ConstantArrivalRateScenario | RampingArrivalRateScenario;

export type Scenario =
  | IterationsScenario
  | ConstantVusScenario
  | RampingVusScenario
  | ArrivalRateScenario;

/** Time in which a scenario starts iterations, in milliseconds. */
export function durationOf(scenario: Scenario): number {
  if ("max_duration_ms" in scenario) return scenario.max_duration_ms;
  if ("duration_ms" in scenario) return scenario.duration_ms;
  return scenario.stages.reduce((sum_ms, { duration_ms }) => sum_ms + duration_ms, 0);
}

/** Largest number of VUs of a scenario. */
export function vusMax(scenario: Scenario): number {
  if ("max_vus" in scenario) return scenario.max_vus;
  if ("vus" in scenario) return scenario.vus;
  return Math.max(scenario.start_vus, ...scenario.stages.map(({ target }) => target));
}

/**
 * Largest number of VUs in use at the same time. Scenarios that follow each other, graceful stop
 * included, share VUs.
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
