/** The main phase of a run: scenarios run, thresholds are checked, progress is shown. */
import { setImmediate } from "node:timers";
import { startPacemaker } from "../../http/mod.ts";
import type { Invocation } from "../command_line.ts";
import { formatDuration } from "../duration.ts";
import { type ScenariosRun, startScenarios } from "../executors/start_scenarios.ts";
import { createBreather, RealTimers } from "../executors/timers.ts";
import type { ScenarioProgress, VuHandle, World } from "../executors/world.ts";
import { parseAggregation } from "../metrics/threshold_expression.ts";
import type { Scenario } from "../options/scenario.ts";
import type { ScenarioFigures } from "../script/vu_world.ts";
import type { LoadedTest } from "./loading.ts";
import type { System } from "./system.ts";
import type { PooledVu } from "./pooled_vu.ts";

/** Interval of checks for thresholds that abort the run, in milliseconds; as in k6. */
const THRESHOLDS_EVERY_MS = 2_000;
/** Interval of `vus` and `vus_max` samples, in milliseconds; as in k6. */
const VUS_EVERY_MS = 1_000;
/** Interval at which a terminal's progress line is rewritten, in milliseconds. */
const PROGRESS_TTY_MS = 500;
/** Interval of progress lines without a terminal, in milliseconds. */
const PROGRESS_PLAIN_MS = 5_000;
/** Resolution of the timers that start arrivals, in milliseconds. */
const TICK_MS = 0.25;
const P95 = parseAggregation("p(95)");
const RATE = parseAggregation("rate");
const COUNT = parseAggregation("count");

export class ScenarioPhase {
  readonly #started_ms: number;
  #ended_ms = NaN;
  #scenarios: ScenariosRun | null = null;

  constructor(
    private readonly test: LoadedTest,
    private readonly vus: readonly PooledVu[],
    private readonly invocation: Invocation,
    private readonly system: System,
  ) {
    this.#started_ms = system.now();
  }

  get elapsed_ms(): number {
    return (Number.isNaN(this.#ended_ms) ? this.system.now() : this.#ended_ms) -
      this.#started_ms;
  }

  /** A figure summed over all scenarios. */
  sum(
    figure:
      | "iterations_completed"
      | "iterations_interrupted"
      | "iterations_dropped"
      | "progress"
      | "vus_active",
  ): number {
    return this.#progress().reduce((total, one) => total + one[figure], 0);
  }

  figures(name: string): ScenarioFigures {
    const found = this.#progress().find(({ scenario }) => scenario.name === name)!;
    return {
      start_time_ms: this.system.epoch_origin_ms + found.started_ms,
      progress: found.progress,
    };
  }

  abort(): void {
    this.#scenarios?.abort();
  }

  /** @param onBreach Called when a threshold with `abortOnFail` fails. */
  async run(onBreach: () => void): Promise<void> {
    const { options, engine } = this.test;
    const is_paced = options.scenarios.some(({ executor }) => executor.endsWith("arrival-rate"));
    const pacemaker = is_paced ? startPacemaker(TICK_MS) : null;
    using timers = new RealTimers({
      now: this.system.now,
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
      this.#ended_ms = this.system.now();
      intervals.forEach(clearInterval);
      pacemaker?.stop();
      this.#endProgress();
    }
  }

  #world(timers: RealTimers): World {
    const { world } = this.test;
    // The VU with the lowest number first, later the one last given back.
    const free = this.vus.toReversed();
    const nextTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));
    return {
      now: () => world.now(),
      recent: () => world.recent_ms(),
      at: (time_ms, callback) => timers.at(time_ms, callback),
      takeVu: () => free.pop() ?? null,
      giveBackVu: (vu: VuHandle) => void free.push(vu as PooledVu),
      runIteration: (vu, scenario, iteration) =>
        (vu as PooledVu).runIteration({ scenario, in_scenario: iteration }),
      enter: (vu, call) => (vu as PooledVu).enter(call),
      drop: (scenario, iterations) => this.#drop(scenario, iterations),
      breathe: createBreather(() => world.recent_ms(), nextTurn),
    };
  }

  #drop({ name, tags }: Scenario, iterations: number): void {
    const { world } = this.test;
    let set = world.run_tags.withAll(tags);
    if (world.has_scenario_tag) set = set.with("scenario", name);
    world.add(world.metrics.dropped_iterations, iterations, set.tags, world.epoch_ms());
  }

  #progress(): ScenarioProgress[] {
    return this.#scenarios?.progress() ?? [];
  }

  #sampleVus(): void {
    const { world } = this.test;
    const { tags } = world.run_tags;
    const time_ms = world.epoch_ms();
    world.add(world.metrics.vus, this.sum("vus_active"), tags, time_ms);
    world.add(world.metrics.vus_max, this.vus.length, tags, time_ms);
  }

  #startProgress(): ReturnType<typeof setInterval>[] {
    if (this.invocation.quiet) return [];
    return this.system.is_stderr_tty
      ? [setInterval(() => this.system.stderr(`\r\x1b[K${this.#line()}`), PROGRESS_TTY_MS)]
      : [setInterval(() => this.system.stderr(`${this.#line()}\n`), PROGRESS_PLAIN_MS)];
  }

  #endProgress(): void {
    if (this.invocation.quiet) return;
    this.system.stderr(`${this.system.is_stderr_tty ? "\r\x1b[K" : ""}${this.#line()}\n`);
  }

  /** `running 12s, 9/9 VUs, 51234 iterations, 4271/s, 8 dropped, 31 failed, p95 1.92ms, 40%` */
  #line(): string {
    const { world, engine } = this.test;
    const elapsed_ms = this.elapsed_ms;
    const completed = this.sum("iterations_completed"), dropped = this.sum("iterations_dropped");
    const share = this.sum("progress") / Math.max(this.#progress().length, 1);
    const p95 = engine.figure(world.registry.builtin("http_req_duration"), P95, elapsed_ms);
    const requests = engine.figure(world.registry.builtin("http_reqs"), COUNT, elapsed_ms);
    const share_failed = engine.figure(world.registry.builtin("http_req_failed"), RATE, elapsed_ms);
    const failed = Math.round(requests * share_failed);
    const rate = elapsed_ms > 0 ? completed * 1000 / elapsed_ms : 0;
    return [
      `running ${formatDuration(Math.round(elapsed_ms / 100) * 100)}`,
      `${this.sum("vus_active")}/${this.vus.length} VUs`,
      `${completed} iterations`,
      `${rate.toFixed(rate < 10 ? 1 : 0)}/s`,
      ...(dropped > 0 ? [`${dropped} dropped`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(Number.isNaN(p95) ? [] : [`p95 ${p95.toFixed(2)}ms`]),
      `${Math.floor(share * 100)}%`,
    ].join(", ");
  }
}
