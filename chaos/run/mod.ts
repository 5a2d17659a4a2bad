/** Carries a plan out: processes, faults, load, probes, journal. */
export { ENGINE_CHOICES, type EngineChoice, type Engines } from "./engines.ts";
export { type FinishedRun, runAndJudge, runId, type RunScenarioOptions } from "./run_scenario.ts";
