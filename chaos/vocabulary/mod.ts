/** The words scenarios are written in. Pure: a scenario becomes a plan, nothing is touched. */
export { FaultError } from "./bounds.ts";
export * from "./conditions.ts";
export * from "./duration.ts";
export type { Fault, FaultParams, Hop, Layer, TimedFault } from "./fault.ts";
export type { FaultContext, FaultFor, FaultValue } from "./fault_value.ts";
export * from "./faults.ts";
export type * from "./plan.ts";
export {
  type Bound,
  dataInterval,
  faultLength,
  FETCH_MS,
  fetchTime,
  fixed,
  longestBackoff,
  pollInterval,
  pollTimeout,
  SAMPLING_MS,
  samplingTime,
} from "./predicted.ts";
export { type Random, seededRandom } from "./random.ts";
export {
  BAD_SCENARIO_EXIT_CODE,
  LOAD_DEFAULT,
  type PlanOptions,
  type Scenario,
  scenario,
  ScenarioError,
  type ScenarioSpec,
} from "./scenario.ts";
export { faultOf, QUICK_RULE, SETTINGS_DEFAULT } from "./settings.ts";
export { at, baseline, recover } from "./timeline.ts";
export { WAVE_IN_WINDOW_MS, type Waves, wavesOf } from "./waves.ts";
