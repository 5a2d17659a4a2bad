/** The scenarios while they run: VUs lent, thresholds watched, progress told. */
import { setImmediate } from "node:timers";
import { startPacemaker } from "../../http/pacemaker.ts";
import { createBreather, RealTimers } from "../executors/timers.ts";
import type { ScenarioProgress, VuHandle, World } from "../executors/world.ts";
import { type ScenariosRun, startScenarios } from "../executors/start_scenarios.ts";
import type { Invocation } from "../command_line.ts";
import type { Scenario } from "../options/scenario.ts";
import type { ScenarioFigures } from "../script/vu_world.ts";
import type { LoadedTest } from "./loading.ts";
import type { Outside } from "./system.ts";
import type { PooledVu, VuPool } from "./vu_pool.ts";
import { formatDuration } from "../duration.ts";
import type { MetricRegistry } from "../metrics/metric.ts";
import type { MetricEngine } from "../metrics/engine.ts";
import { parseAggregation } from "../metrics/threshold_expression.ts";

/** How often thresholds that end the run are looked at, in milliseconds; k6's figure. */
export const THRESHOLDS_EVERY_MS = 2_000;

/** How often `vus` and `vus_max` are sampled, in milliseconds; k6's figure. */
export const VUS_EVERY_MS = 1_000;

/** Sleep between two ticks where arrivals are paced, in milliseconds. */
const TICK_MS = 0.25;

export class ScenarioCourse {
  readonly #test: LoadedTest;
  readonly #pool: VuPool;
  readonly #invocation: Invocation;
  readonly #outside: Outside;
  readonly #started_ms: number;
  #ended_ms = NaN;
  #scenarios: ScenariosRun | null = null;

  constructor(test: LoadedTest, pool: VuPool, invocation: Invocation, outside: Outside) {
    this.#test = test;
    this.#pool = pool;
    this.#invocation = invocation;
    this.#outside = outside;
    this.#started_ms = outside.now();
  }

  get elapsed_ms(): number {
    return (Number.isNaN(this.#ended_ms) ? this.#outside.now() : this.#ended_ms) -
      this.#started_ms;
  }

  sum(figure: "iterations_interrupted" | "iterations_completed" | "vus_active"): number {
    return this.#progress().reduce((total, one) => total + one[figure], 0);
  }

  figures(name: string): ScenarioFigures {
    const found = this.#progress().find(({ scenario }) => scenario.name === name)!;
    return {
      start_time_ms: this.#outside.epoch_origin_ms + found.started_ms,
      progress: found.progress,
    };
  }

  abort(): void {
    this.#scenarios?.abort();
  }

  /** @param onBreach A threshold that ends the run does not hold. */
  async run(onBreach: () => void): Promise<void> {
    const { options, engine } = this.#test;
    const is_paced = options.scenarios.some(({ executor }) => executor.endsWith("arrival-rate"));
    const pacemaker = is_paced ? startPacemaker(TICK_MS) : null;
    using timers = new RealTimers({
      now: this.#outside.now,
      after: (delay_ms, callback) => {
        const timer = setTimeout(callback, delay_ms);
        return () => clearTimeout(timer);
      },
      tick: pacemaker === null ? null : () => pacemaker.tick(),
    });
    const intervals = [
      setInterval(() => {
        if (engine.evaluate(this.elapsed_ms).abort) onBreach();
      }, THRESHOLDS_EVERY_MS),
      setInterval(() => this.#sampleVus(), VUS_EVERY_MS),
      ...this.#startProgress(),
    ];
    this.#scenarios = startScenarios(options.scenarios, this.#world(timers));
    try {
      await this.#scenarios.finished;
    } finally {
      this.#ended_ms = this.#outside.now();
      intervals.forEach(clearInterval);
      pacemaker?.stop();
      this.#endProgress();
    }
  }

  #world(timers: RealTimers): World {
    const { world } = this.#test;
    const pool = this.#pool;
    const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));
    return {
      now: () => world.now(),
      recent: () => world.recent_ms(),
      at: (time_ms, callback) => timers.at(time_ms, callback),
      takeVu: (scenario) => pool.take(scenario),
      giveBackVu: (vu: VuHandle) => pool.giveBack(vu as PooledVu),
      runIteration: (vu, scenario, iteration) =>
        (vu as PooledVu).runIteration({ scenario, in_scenario: iteration }),
      enter: (vu, call) => (vu as PooledVu).enter(call),
      drop: (scenario, iterations) => this.#drop(scenario, iterations),
      breathe: createBreather(() => world.recent_ms(), nextTurn),
    };
  }

  #drop({ name, tags }: Scenario, iterations: number): void {
    const { world } = this.#test;
    let set = world.run_tags.withAll(tags);
    if (world.has_scenario_tag) set = set.with("scenario", name);
    world.add(world.metrics.dropped_iterations, iterations, set.tags, world.epoch_ms());
  }

  #progress(): ScenarioProgress[] {
    return this.#scenarios?.progress() ?? [];
  }

  #sampleVus(): void {
    const { world } = this.#test;
    const { tags } = world.run_tags;
    const time_ms = world.epoch_ms();
    world.add(world.metrics.vus, this.sum("vus_active"), tags, time_ms);
    world.add(world.metrics.vus_max, this.#pool.all.length, tags, time_ms);
  }

  #startProgress(): ReturnType<typeof setInterval>[] {
    if (this.#invocation.quiet) return [];
    return this.#outside.is_stderr_tty
      ? [setInterval(() => this.#outside.stderr(`\r\x1b[K${this.#line()}`), PROGRESS_TTY_MS)]
      : [setInterval(() => this.#outside.stderr(`${this.#line()}\n`), PROGRESS_PLAIN_MS)];
  }

  #endProgress(): void {
    if (this.#invocation.quiet) return;
    this.#outside.stderr(`${this.#outside.is_stderr_tty ? "\r\x1b[K" : ""}${this.#line()}\n`);
  }

  #line(): string {
    const { world, engine } = this.#test;
    const vus = this.#pool.all.length;
    return progressLine(this.#progress(), vus, this.elapsed_ms, world.registry, engine);
  }
}

/** How a run is going, in a line: rewritten on a terminal, a new one now and then elsewhere. */

/** How often a terminal's line is rewritten, in milliseconds. */
export const PROGRESS_TTY_MS = 500;

/** How often a plain line is written, in milliseconds. */
export const PROGRESS_PLAIN_MS = 5_000;

const P95 = parseAggregation("p(95)");

/**
 * ```
 * running 12s, 100/100 VUs, 51234 iterations, 4271/s, 0 dropped, p95 1.92ms, 40%
 * ```
 */
export function progressLine(
  scenarios: readonly ScenarioProgress[],
  vus: number,
  elapsed_ms: number,
  registry: MetricRegistry,
  engine: MetricEngine,
): string {
  const sum = (pick: (one: ScenarioProgress) => number) =>
    scenarios.reduce((total, one) => total + pick(one), 0);
  const active = sum((one) => one.vus_active);
  const completed = sum((one) => one.iterations_completed);
  const dropped = sum((one) => one.iterations_dropped);
  const share = sum((one) => one.progress) / Math.max(scenarios.length, 1);
  const p95 = engine.figure(registry.builtin("http_req_duration"), P95, elapsed_ms);
  const rate = elapsed_ms > 0 ? completed * 1000 / elapsed_ms : 0;
  return [
    `running ${formatDuration(Math.round(elapsed_ms / 100) * 100)}`,
    `${active}/${vus} VUs`,
    `${completed} iterations`,
    `${rate.toFixed(rate < 10 ? 1 : 0)}/s`,
    ...(dropped > 0 ? [`${dropped} dropped`] : []),
    ...(Number.isNaN(p95) ? [] : [`p95 ${p95.toFixed(2)}ms`]),
    `${Math.floor(share * 100)}%`,
  ].join(", ");
}
