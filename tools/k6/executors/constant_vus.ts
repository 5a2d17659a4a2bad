import type { ConstantVusScenario } from "../options/scenario.ts";
import type { RunningScenario } from "./running_scenario.ts";

/** A fixed number of VUs, each running iterations one after the other until the time is over. */
export async function runConstantVus(
  running: RunningScenario<ConstantVusScenario>,
): Promise<void> {
  const held = Array.from({ length: running.scenario.vus }, () => running.takeVu());
  await Promise.all(held.map((vu) => running.loop(vu, () => true)));
}
