/** Executors with a fixed number of VUs. */
import type { ConstantVusScenario, IterationsScenario } from "../options/scenario.ts";
import type { RunningScenario } from "./running_scenario.ts";

/** `constant-vus`: each VU runs iterations back to back until the duration is over. */
export function runConstantVus(running: RunningScenario<ConstantVusScenario>): Promise<void> {
  return loopAll(running, () => () => true);
}

/** `shared-iterations`: all VUs share the iterations; the rest at maxDuration is dropped. */
export function runSharedIterations(running: RunningScenario<IterationsScenario>): Promise<void> {
  let left = running.scenario.iterations;
  const takeOne = () => left > 0 && left-- > 0;
  return loopAll(running, () => takeOne, () => left);
}

/** `per-vu-iterations`: each VU runs its own number; the rest at maxDuration is dropped. */
export function runPerVuIterations(running: RunningScenario<IterationsScenario>): Promise<void> {
  const { vus, iterations } = running.scenario;
  let left_in_all = vus * iterations;
  return loopAll(running, () => {
    let left = iterations;
    return () => {
      if (left === 0) return false;
      left--;
      left_in_all--;
      return true;
    };
  }, () => left_in_all);
}

/** Loops every VU while its `goesOn` returns true. */
async function loopAll(
  running: RunningScenario<ConstantVusScenario | IterationsScenario>,
  goesOnFor: () => () => boolean,
  countLeft = () => 0,
): Promise<void> {
  const vus = Array.from({ length: running.scenario.vus }, () => running.takeVu());
  const loops = Promise.all(vus.map((vu) => running.loop(vu, goesOnFor())));
  await Promise.race([loops, running.over]);
  if (!running.is_aborted) running.drop(countLeft());
  await loops;
}
