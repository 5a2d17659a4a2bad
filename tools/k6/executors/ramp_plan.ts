/** When a ramping-vus scenario changes its number of VUs. */
import type { RampingVusScenario } from "../options/scenario.ts";

export interface RampStep {
  /** After the scenario's start. */
  at_ms: number;
  vus: number;
}

/**
 * One VU more or less at a time, evenly spaced, so that a stage from a to b VUs in D reaches
 * a ± i at D·i / |b − a| and b just at its end. A stage of 0 s jumps.
 *
 * ```ts
 * [...planRamp({ start_vus: 0, stages: [{ duration_ms: 100, target: 2 }], … })];
 * // [{ at_ms: 0, vus: 0 }, { at_ms: 50, vus: 1 }, { at_ms: 100, vus: 2 }]
 * ```
 */
export function* planRamp({ start_vus, stages }: RampingVusScenario): Generator<RampStep> {
  let vus = start_vus, stage_start_ms = 0;
  yield { at_ms: 0, vus };
  for (const { duration_ms, target } of stages) {
    const steps = Math.abs(target - vus), from = vus, sign = Math.sign(target - vus);
    if (duration_ms === 0 && steps > 0) yield { at_ms: stage_start_ms, vus: target };
    else {
      for (let i = 1; i <= steps; i++) {
        yield { at_ms: stage_start_ms + duration_ms * i / steps, vus: from + sign * i };
      }
    }
    vus = target;
    stage_start_ms += duration_ms;
  }
}
