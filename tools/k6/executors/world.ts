/** What executors need of the runner; virtual in tests. */
import type { Scenario } from "../options/scenario.ts";

/** A virtual user that is ready to run iterations, one at a time. */
export interface VuHandle {
  /** From 1. */
  readonly id: number;
  /** Interrupts the running iteration: its `runIteration` soon resolves to false. */
  interrupt(): void;
}

/** Time, VUs and iterations, as the executors see them. */
export interface World {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** The last result of `now()`, updated at the end of each iteration. */
  recent(): number;
  /**
   * Calls back as soon as `now()` has reached `time_ms`, but never before `at` returns. Returns a
   * function that cancels.
   */
  at(time_ms: number, callback: () => void): () => void;
  /** An initialized, free VU; null if there is none. */
  takeVu(): VuHandle | null;
  /** Gives an idle VU back. An abandoned VU is never given back. */
  giveBackVu(vu: VuHandle): void;
  /**
   * Runs one iteration and emits its metrics; `iteration` counts the scenario's iterations from 0.
   * Resolves to true if the iteration completed, even by an exception, and to false if it was
   * interrupted. A rejection ends the whole run.
   */
  runIteration(vu: VuHandle, scenario: Scenario, iteration: number): Promise<boolean>;
  /** Calls the function with the VU as the current one, once for all of its iterations. */
  enter<T>(vu: VuHandle, call: () => T): T;
  /** Counts iterations that were due but did not start: the metric `dropped_iterations`. */
  drop(scenario: Scenario, iterations: number): void;
  /**
   * Usually null; now and then a promise to await before the next iteration, so that the event loop
   * gets a turn.
   */
  breathe(): Promise<void> | null;
}

export interface ScenarioProgress {
  scenario: Scenario;
  state: "waiting" | "running" | "stopping" | "finished";
  /** 0–1. */
  progress: number;
  /** Start time by `World.now()`; NaN before it. */
  started_ms: number;
  vus_active: number;
  iterations_started: number;
  iterations_completed: number;
  iterations_interrupted: number;
  iterations_dropped: number;
}
