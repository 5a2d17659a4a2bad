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
