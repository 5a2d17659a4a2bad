/** Starts every scenario at its time. */
import type { ExecutorName, Scenario } from "../options/scenario.ts";
import { runArrivalRate } from "./arrival_rate.ts";
import { runConstantVus, runPerVuIterations, runSharedIterations } from "./fixed_vus.ts";
import { runRampingVus } from "./ramping_vus.ts";
import { RunningScenario } from "./running_scenario.ts";
import type { ScenarioProgress, World } from "./world.ts";

/** Each executor runs scenarios of its own type. */
const EXECUTE = {
  "shared-iterations": runSharedIterations,
  "per-vu-iterations": runPerVuIterations,
  "constant-vus": runConstantVus,
  "ramping-vus": runRampingVus,
  "constant-arrival-rate": runArrivalRate,
  "ramping-arrival-rate": runArrivalRate,
} as unknown as Record<ExecutorName, (running: RunningScenario) => Promise<void>>;

export interface ScenariosRun {
  /** Resolves when all scenarios have ended; rejects if one cannot run. */
  readonly finished: Promise<void>;
  /** Ends all scenarios now: running iterations are interrupted and no more start. */
  abort(): void;
  /** One entry per scenario, in the given order. */
  progress(): ScenarioProgress[];
}

export function startScenarios(scenarios: readonly Scenario[], world: World): ScenariosRun {
  const start_ms = world.now();
  const runs = scenarios.map((scenario) => new ScenarioRun(scenario, world, start_ms));
  const abort = () => runs.forEach((run) => run.abort());
  const finished = Promise.all(runs.map((run) => run.finished)).then(
    () => {},
    (error) => {
      abort();
      throw error;
    },
  );
  return { finished, abort, progress: () => runs.map((run) => run.progress()) };
}

/** One scenario, from the wait for its start time to its end. */
class ScenarioRun {
  readonly #running: RunningScenario;
  readonly #done = Promise.withResolvers<void>();
  readonly finished = this.#done.promise;
  readonly #cancelStart: () => void;
  #has_started = false;
  #is_finished = false;

  constructor(scenario: Scenario, world: World, test_start_ms: number) {
    const start_ms = test_start_ms + scenario.start_time_ms;
    this.#running = new RunningScenario(scenario, world, start_ms);
    this.#cancelStart = world.at(start_ms, () => this.#start());
  }

  abort(): void {
    if (this.#is_finished) return;
    this.#cancelStart();
    if (this.#has_started) this.#running.abort();
    else this.#finish();
  }

  progress(): ScenarioProgress {
    const progress = this.#running.progress();
    if (!this.#has_started) {
      const state = this.#is_finished ? "finished" : "waiting";
      return { ...progress, state, progress: 0, started_ms: NaN };
    }
    if (this.#is_finished) return { ...progress, state: "finished", progress: 1, vus_active: 0 };
    const total = iterationsOf(progress.scenario);
    return total === null
      ? progress
      : { ...progress, progress: Math.min(1, progress.iterations_completed / total) };
  }

  #start(): void {
    this.#has_started = true;
    const running = this.#running;
    running.run(EXECUTE[running.scenario.executor]).then(() => this.#finish(), (error) => {
      this.#is_finished = true;
      this.#done.reject(error);
    });
  }

  #finish(): void {
    this.#is_finished = true;
    this.#done.resolve();
  }
}

function iterationsOf(scenario: Scenario): number | null {
  if (scenario.executor === "shared-iterations") return scenario.iterations;
  if (scenario.executor === "per-vu-iterations") return scenario.iterations * scenario.vus;
  return null;
}
