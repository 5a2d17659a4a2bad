/** Starts every scenario at its time, and tells when the last one has ended. */
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
  /** Resolves when all scenarios have ended; rejects where one could not be run. */
  readonly finished: Promise<void>;
  /** Ends all of them now: what runs is cut off, what waits never starts. */
  abort(): void;
  /** One entry a scenario, in the order given. */
  progress(): ScenarioProgress[];
}

/**
 * ```ts
 * const run = startScenarios(options.scenarios, world);
 * await run.finished;
 * ```
 */
export function startScenarios(scenarios: readonly Scenario[], world: World): ScenariosRun {
  const start_ms = world.now();
  const courses = scenarios.map((scenario) => new Course(scenario, world, start_ms));
  const abort = () => courses.forEach((course) => course.abort());
  const finished = Promise.all(courses.map((course) => course.finished)).then(
    () => {},
    (error) => {
      abort();
      throw error;
    },
  );
  return { finished, abort, progress: () => courses.map((course) => course.progress()) };
}

/** One scenario from waiting for its start time to its end. */
class Course {
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
