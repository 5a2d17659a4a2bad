/** How many VUs scenarios take, and how long they last. */
import type { Scenario } from "../options/scenario.ts";

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
