/** Executors: when iterations start, on which VU, and when they are cut off. */
export { BREATHE_EVERY_MS, createBreather } from "./breather.ts";
export { INTERRUPT_SETTLE_MS } from "./running_scenario.ts";
export { type ScenariosRun, startScenarios } from "./start_scenarios.ts";
export { TimerQueue } from "./timer_queue.ts";
export { durationOf, peakVus, vusMax } from "./vu_demand.ts";
export type { ScenarioProgress, VuHandle, World } from "./world.ts";
export { RealTimers, type TimerGround } from "./real_timers.ts";
