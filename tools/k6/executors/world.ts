/** What executors need of the rest of the runner; in tests, all of it is virtual. */
import type { Scenario } from "../options/scenario.ts";

/** One virtual user that is ready to run iterations, one at a time. */
export interface VuHandle {
  /** From 1. */
  readonly id: number;
  /**
   * Cuts the running iteration off: its `runIteration` settles soon, without a sample for the
   * iteration.
   */
  interrupt(): void;
}

/** Time, VUs and iterations as the executors see them. */
export interface World {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** What `now()` said last; the end of each iteration looks. */
  recent(): number;
  /** Calls back once `now()` has reached `time_ms`, as soon after as can be but never before it returned. Returns what cancels it. */
  at(time_ms: number, callback: () => void): () => void;
  /** A VU that is initialized and free, or null where there is none. */
  takeVu(scenario: Scenario): VuHandle | null;
  /** Gives a VU back that runs no iteration. Not called for VUs that were interrupted for good. */
  giveBackVu(vu: VuHandle): void;
  /**
   * Runs one iteration and emits its metrics; `iteration` counts the scenario's iterations from 0.
   * Resolves also where the script threw: true where the iteration ran to its end, false where it
   * was interrupted. A rejection ends the whole run.
   */
  runIteration(vu: VuHandle, scenario: Scenario, iteration: number): Promise<boolean>;
  /** Calls the function as the VU, so that each of its iterations need not become it anew. */
  enter<T>(vu: VuHandle, call: () => T): T;
  /** Iterations that were due and did not start: the metric `dropped_iterations`. */
  drop(scenario: Scenario, iterations: number): void;
  /**
   * Null most of the time; now and then a promise to await before the next iteration, so that
   * scripts that never wait leave the event loop a turn.
   */
  breathe(): Promise<void> | null;
}

/** How far a scenario is. */
export interface ScenarioProgress {
  scenario: Scenario;
  state: "waiting" | "running" | "stopping" | "finished";
  /** 0–1. */
  progress: number;
  /** Milliseconds of `World.now()` at which it began, NaN before. */
  started_ms: number;
  vus_active: number;
  iterations_started: number;
  iterations_completed: number;
  iterations_interrupted: number;
  iterations_dropped: number;
}
