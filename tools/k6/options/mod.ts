/** Options: read from scripts, files, variables and flags, put on top of each other, checked. */
export { DurationError, formatDuration, parseDuration } from "../duration.ts";
export { deriveScenarios } from "./derive_scenarios.ts";
export * from "./limits.ts";
export { mergeOptions } from "./merge_options.ts";
export type { K6Options, K6Stage, OptionName } from "./option_table.ts";
export { optionsFromEnv, optionsFromTexts, type OptionsRead, readOptions } from "./read_options.ts";
export { resolveOptions, type RunOptions, SYSTEM_TAGS_DEFAULT } from "./run_options.ts";
export {
  type ConstantArrivalRateScenario,
  type ConstantVusScenario,
  type ExecutorName,
  EXECUTORS,
  type IterationsScenario,
  type RampingArrivalRateScenario,
  type RampingVusScenario,
  type Scenario,
  type ScenarioBase,
  type Stage,
} from "./scenario.ts";
