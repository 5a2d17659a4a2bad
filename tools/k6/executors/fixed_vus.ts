import type { ConstantVusScenario, IterationsScenario } from "../options/scenario.ts";
import type { RunningScenario } from "./running_scenario.ts";

/** A fixed number of VUs, each running iterations one after the other until the time is over. */
export async function runConstantVus(
  running: RunningScenario<ConstantVusScenario>,
): Promise<void> {
  const held = Array.from({ length: running.scenario.vus }, () => running.takeVu());
  await Promise.all(held.map((vu) => running.loop(vu, () => true)));
}

/** A fixed number of iterations, shared by all VUs or for each of them. */

/** VUs take iterations from one pile; what is left at maxDuration is dropped. */
export async function runSharedIterations(
  running: RunningScenario<IterationsScenario>,
): Promise<void> {
  const { vus, iterations } = running.scenario;
  let left = iterations;
  const takeOne = () => left > 0 && left-- > 0;
  await loopAll(running, vus, () => takeOne, () => left);
}

/** Each VU runs its own; what is left at maxDuration is dropped. */
export async function runPerVuIterations(
  running: RunningScenario<IterationsScenario>,
): Promise<void> {
  const { vus, iterations } = running.scenario;
  let left_in_all = vus * iterations;
  await loopAll(running, vus, () => {
    let left = iterations;
    return () => {
      if (left === 0) return false;
      left--;
      left_in_all--;
      return true;
    };
  }, () => left_in_all);
}

async function loopAll(
  running: RunningScenario<IterationsScenario>,
  vus: number,
  pileOf: () => () => boolean,
  countLeft: () => number,
): Promise<void> {
  const held = Array.from({ length: vus }, () => running.takeVu());
  const loops = Promise.all(held.map((vu) => running.loop(vu, pileOf())));
  await Promise.race([loops, running.over]);
  if (!running.is_aborted) running.drop(countLeft());
  await loops;
}
