/** Starts every scenario at its time. */
import type {
  ConstantArrivalRateScenario,
  ConstantVusScenario,
  IterationsScenario,
  RampingArrivalRateScenario,
  RampingVusScenario,
  Scenario,
} from "../options/scenario.ts";
import { runArrivalRate } from "./arrival_rate.ts";
import { runConstantVus, runPerVuIterations, runSharedIterations } from "./fixed_vus.ts";
import { runRampingVus } from "./ramping_vus.ts";
import { RunningScenario } from "./running_scenario.ts";
import type { ScenarioProgress, World } from "./world.ts";

export interface ScenariosRun {
  /** Resolves when all scenarios have ended; rejects if one cannot run. */
  readonly finished: Promise<void>;
  /** Ends all scenarios now: running iterations are interrupted and no more start. */
  abort(): void;
  /** One entry per scenario, in the given order. */
  progress(): ScenarioProgress[];
}

/**
 * Starts the scenarios.
 *
 * ```ts
 * const run = startScenarios(options.scenarios, world);
 * await run.finished;
 * ```
 */
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
  readonly finished: Promise<void>;
  readonly #scenario: Scenario;
  readonly #world: World;
  readonly #done = Promise.withResolvers<void>();
  readonly #start_ms: number;
  readonly #cancelStart: () => void;
  #running: RunningScenario | null = null;
  #is_finished = false;

  constructor(scenario: Scenario, world: World, test_start_ms: number) {
    this.#scenario = scenario;
    this.#world = world;
    this.finished = this.#done.promise;
    this.#start_ms = test_start_ms + scenario.start_time_ms;
    this.#cancelStart = world.at(this.#start_ms, () => this.#start());
  }

  abort(): void {
    if (this.#is_finished) return;
    this.#cancelStart();
    if (this.#running !== null) this.#running.abort();
    else this.#finish();
  }

  progress(): ScenarioProgress {
    if (this.#running === null) return this.#waiting();
    const progress = this.#running.progress();
    if (this.#is_finished) return { ...progress, state: "finished", progress: 1, vus_active: 0 };
    const total = iterationsOf(this.#scenario);
    return total === null
      ? progress
      : { ...progress, progress: Math.min(1, progress.iterations_completed / total) };
  }

  #start(): void {
    const running = new RunningScenario(this.#scenario, this.#world, this.#start_ms);
    this.#running = running;
    running.run(execute).then(() => this.#finish(), (error) => {
      this.#is_finished = true;
      this.#done.reject(error);
    });
  }

  #finish(): void {
    this.#is_finished = true;
    this.#done.resolve();
  }

  #waiting(): ScenarioProgress {
    return {
      scenario: this.#scenario,
      state: this.#is_finished ? "finished" : "waiting",
      progress: 0,
      started_ms: NaN,
      vus_active: 0,
      iterations_started: 0,
      iterations_completed: 0,
      iterations_interrupted: 0,
      iterations_dropped: 0,
    };
  }
}

function execute(running: RunningScenario): Promise<void> {
  switch (running.scenario.executor) {
    case "shared-iterations":
      return runSharedIterations(running as RunningScenario<IterationsScenario>);
    case "per-vu-iterations":
      return runPerVuIterations(running as RunningScenario<IterationsScenario>);
    case "constant-vus":
      return runConstantVus(running as RunningScenario<ConstantVusScenario>);
    case "ramping-vus":
      return runRampingVus(running as RunningScenario<RampingVusScenario>);
    case "constant-arrival-rate":
    case "ramping-arrival-rate":
      return runArrivalRate(
        running as RunningScenario<ConstantArrivalRateScenario | RampingArrivalRateScenario>,
      );
  }
}

function iterationsOf(scenario: Scenario): number | null {
  if (scenario.executor === "shared-iterations") return scenario.iterations;
  if (scenario.executor === "per-vu-iterations") return scenario.iterations * scenario.vus;
  return null;
}
