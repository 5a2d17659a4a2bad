/** Detects a recovery, so that the run can continue; the judge decides on its own. */
import type { ProbeRecord } from "../journal/mod.ts";
import type { ScenarioPlan } from "../vocabulary/mod.ts";

/** Whether the answer is good, and as fresh as the plan claims without faults. */
function looksRecovered(plan: ScenarioPlan, probe: ProbeRecord): boolean {
  if (probe.probe !== "getmetric" || probe.status !== 200 || probe.error !== null) return false;
  return probe.age_ms === null || probe.age_ms <= freshAge(plan);
}

export function freshAge({ conditions, settings }: ScenarioPlan): number {
  const claimed = conditions.find(({ when, measure }) =>
    when === "unfaulted" && measure === "age_max_ms"
  );
  const { data_interval_ms, poll_ms, poll_timeout_ms } = settings;
  return claimed?.bound ?? data_interval_ms + poll_ms + poll_timeout_ms;
}

export class RecoveryWatch {
  readonly #plan: ScenarioPlan;
  #in_a_row = 0;

  constructor(plan: ScenarioPlan) {
    this.#plan = plan;
  }

  get is_recovered(): boolean {
    return this.#in_a_row >= this.#plan.recover.stable;
  }

  record(probe: ProbeRecord): void {
    if (probe.probe !== "getmetric") return;
    this.#in_a_row = looksRecovered(this.#plan, probe) ? this.#in_a_row + 1 : 0;
  }
}
