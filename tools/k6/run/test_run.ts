/**
 * A whole run:
 *
 *     load script → open --out → create VUs → setup → scenarios → teardown → summary → exit code
 *
 * A failure before `setup` ends the run at once. From `setup` on, a stop (Ctrl-C, a threshold,
 * `exec.test.abort`) skips to teardown and summary.
 */
import { setImmediate } from "node:timers";
import type { Invocation } from "../command_line.ts";
import { ConfigProblem, EXIT_CODES, ExitDecision } from "../exit_codes.ts";
import { SWEEP_MS } from "../http/vu_connections.ts";
import { peakVus } from "../options/scenario.ts";
import { describeError, Interrupted, ScriptError, TestAborted } from "../script/errors.ts";
import { ScriptLog } from "../script/script_log.ts";
import { buildSummaryData } from "../summary/summary.ts";
import { THREAD_VUS_MAX } from "../blocking_vus/messages.ts";
import { vuCreator } from "./create_vus.ts";
import { type LoadedTest, loadTest } from "./loading.ts";
import { SampleFiles } from "./sample_files.ts";
import { ScenarioPhase } from "./scenario_phase.ts";
import type { System } from "./system.ts";
import { type PooledVu, VuPool, withTimeout } from "./vu_pool.ts";
import { writeSummary } from "./write_summary.ts";

/**
 * Runs a test from init to summary. Problems are logged to stderr.
 *
 * @returns The exit code.
 */
export async function runTest(invocation: Invocation, system: System): Promise<number> {
  const run = new TestRun(invocation, system);
  try {
    return await run.run();
  } finally {
    run.close();
  }
}

class TestRun {
  readonly #began_ms: number;
  readonly #exit = new ExitDecision();
  readonly #log: ScriptLog;
  #samples: SampleFiles | null = null;
  #phase: ScenarioPhase | null = null;
  #pool = new VuPool([]);
  /** Runs setup, teardown and handleSummary. */
  #first: PooledVu | null = null;
  #sweep: ReturnType<typeof setInterval> | undefined;
  #localize: (text: string) => string = (text) => text;
  readonly #onUnhandled = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    this.#log.log("error", describeError(event.reason, this.#localize));
  };

  constructor(private readonly invocation: Invocation, private readonly system: System) {
    this.#began_ms = system.now();
    this.#log = new ScriptLog({
      write: (text) => system.stderr(text),
      elapsed_ms: () => system.now() - this.#began_ms,
      verbose: invocation.verbose,
    });
    // Rejected promises that the script does not await.
    globalThis.addEventListener("unhandledrejection", this.#onUnhandled);
  }

  async run(): Promise<number> {
    const test = await this.#load();
    if (typeof test === "number") return test;
    void this.system.stop_requested.then(() => this.#stop(EXIT_CODES.external_abort));
    this.#localize = (text) => test.instantiator.localize(text);
    const { exports } = test;
    const { no_setup, no_teardown } = this.invocation;
    const refusal = this.#openSamples(test) ?? await this.#createVus(test);
    if (refusal !== null) return refusal;
    this.#sweep = setInterval(() => {
      const now_ms = this.system.now();
      this.#first?.expire(now_ms);
      this.#pool.expire(now_ms);
    }, SWEEP_MS);

    const has_setup = typeof exports.setup === "function" && !no_setup;
    // A stop may come while VUs are created.
    let is_set_up = !has_setup, setup_json: string | undefined;
    if (has_setup && !this.#exit.is_decided) {
      const { setup_timeout_ms } = test.options;
      const result = await this.#call("setup", setup_timeout_ms, undefined);
      is_set_up = result.is_done;
      setup_json = result.value === undefined ? undefined : JSON.stringify(result.value);
      this.#pool.setData(setup_json);
    }
    let duration_ms = 0;
    if (is_set_up && !this.#exit.is_decided) duration_ms = await this.#runScenarios(test);
    if (is_set_up && typeof exports.teardown === "function" && !no_teardown) {
      const data = setup_json === undefined ? undefined : JSON.parse(setup_json);
      await this.#call("teardown", test.options.teardown_timeout_ms, data);
    }
    return await this.#finish(test, duration_ms, setup_json);
  }

  close(): void {
    globalThis.removeEventListener("unhandledrejection", this.#onUnhandled);
    clearInterval(this.#sweep);
    this.#first?.close();
    this.#pool.close();
    this.#samples?.close();
    this.#log.close();
  }

  /** The loaded test, or an exit code. */
  async #load(): Promise<LoadedTest | number> {
    const { now, epoch_origin_ms, random } = this.system;
    try {
      return await loadTest(this.invocation, this.system, {
        now,
        epoch_origin_ms,
        random,
        log: (level, message) => this.#log.log(level, message),
        abort: () => this.#stop(EXIT_CODES.script_aborted),
        fail: (message) => {
          this.#exit.markFailed();
          this.#log.log("error", `The script marked the test as failed: ${message}`);
        },
        instance: () => ({
          iterations_interrupted: this.#phase?.sum("iterations_interrupted") ?? 0,
          iterations_completed: this.#phase?.sum("iterations_completed") ?? 0,
          vus_active: this.#phase?.sum("vus_active") ?? 0,
          vus_initialized: this.#pool.all.length,
          test_run_duration_ms: this.#phase?.elapsed_ms ?? 0,
        }),
        scenario: (name) => this.#phase!.figures(name),
      });
    } catch (error) {
      if (error instanceof ScriptError || error instanceof ConfigProblem) {
        this.#log.log("error", error.message);
        return error.exit_code;
      }
      if (error instanceof TestAborted) {
        this.#log.log("error", error.message);
        return EXIT_CODES.script_aborted;
      }
      throw error;
    }
  }

  /** Returns an exit code if a file cannot be opened. */
  #openSamples({ options, world, engine }: LoadedTest): number | null {
    const thresholds = Object.fromEntries(
      Object.entries(options.thresholds).map(([metric, list]) => [
        metric,
        list.map((one) => typeof one === "string" ? one : one.threshold),
      ]),
    );
    try {
      this.#samples = new SampleFiles(
        this.invocation.json_outputs,
        thresholds,
        this.system.openForWriting,
        (message) => this.#log.log("error", message),
      );
    } catch (error) {
      if (!(error instanceof ConfigProblem)) throw error;
      this.#log.log("error", error.message);
      return error.exit_code;
    }
    if (!this.#samples.is_empty) {
      world.is_exact = true;
      engine.onSample = this.#samples.add;
    }
    return null;
  }

  /** Returns an exit code if the VUs cannot be created. */
  async #createVus(test: LoadedTest): Promise<number | null> {
    const create = vuCreator(test, this.system);
    const count = peakVus(test.options.scenarios);
    if (test.graph.blocking !== null && count > THREAD_VUS_MAX) {
      this.#log.log("error", tooManyThreads(test.graph.blocking, count));
      return EXIT_CODES.invalid_config;
    }
    const vus: PooledVu[] = [];
    try {
      this.#first = await create(0);
      while (vus.length < count) vus.push(await create(vus.length + 1));
      return null;
    } catch (error) {
      this.#log.log("error", describeError(error, this.#localize));
      return EXIT_CODES.script_exception;
    } finally {
      this.#pool = new VuPool(vus);
    }
  }

  /** Calls `setup` or `teardown`. */
  async #call(
    name: "setup" | "teardown",
    timeout_ms: number,
    argument: unknown,
  ): Promise<{ is_done: boolean; value?: unknown }> {
    const vu = this.#first!;
    let timed_out = false;
    try {
      const value = await withTimeout(vu.call(name, name, argument), timeout_ms, () => {
        timed_out = true;
        vu.interrupt();
      });
      return { is_done: true, value };
    } catch (error) {
      if (timed_out) {
        this.#exit.decide(EXIT_CODES[`${name}_timeout`]);
        this.#log.log("error", `${name}: took longer than ${name}Timeout, ${timeout_ms} ms`);
      } else if (!(error instanceof TestAborted || error instanceof Interrupted)) {
        this.#exit.decide(EXIT_CODES.script_exception);
        this.#log.log("error", `${name}: ${describeError(error, this.#localize)}`);
      }
      return { is_done: false };
    }
  }

  async #runScenarios(test: LoadedTest): Promise<number> {
    const phase = new ScenarioPhase(test, this.#pool, this.invocation, this.system);
    this.#phase = phase;
    try {
      await phase.run(() => this.#stop(EXIT_CODES.thresholds_failed));
    } catch (error) {
      this.#exit.decide(EXIT_CODES.script_exception);
      this.#log.log("error", describeError(error, this.#localize));
    }
    // Deno reports rejections that nothing awaits in the next turn.
    await new Promise((resolve) => void setImmediate(resolve));
    return phase.elapsed_ms;
  }

  /** Ends setup or the scenarios; teardown and summary follow. */
  #stop(exit_code: number): void {
    this.#exit.decide(exit_code);
    if (this.#phase === null) this.#first?.interrupt();
    else this.#phase.abort();
  }

  async #finish(
    test: LoadedTest,
    duration_ms: number,
    setup_json: string | undefined,
  ): Promise<number> {
    const { engine, options, world } = test;
    const data = buildSummaryData({
      figures: engine.figures(duration_ms),
      root_group: world.groups.summary(),
      duration_ms,
      summary_trend_stats: options.summary_trend_stats,
      summary_time_unit: options.summary_time_unit,
      no_color: !this.invocation.color,
      is_stdout_tty: this.system.is_stdout_tty,
      is_stderr_tty: this.system.is_stderr_tty,
      setup_data: setup_json === undefined ? undefined : JSON.parse(setup_json),
    });
    const problem = await writeSummary(data, this.#first!, test, this.invocation, this.system);
    if (problem !== null) this.#exit.decide(problem);
    this.#samples!.flush();
    if (this.#samples!.has_failed) this.#exit.decide(EXIT_CODES.other_error);
    const { failed } = engine.evaluate(duration_ms);
    if (failed.length > 0) {
      const labels = [...new Set(failed.map(({ threshold }) => threshold.metric_label))];
      this.#log.log("error", `Thresholds failed on ${labels.join(", ")}`);
    }
    return this.#exit.exitCode(failed.length === 0);
  }
}

function tooManyThreads(
  { call, label, line }: NonNullable<LoadedTest["graph"]["blocking"]>,
  vus: number,
): string {
  return `vus: must be at most ${THREAD_VUS_MAX}, got ${vus}: ${call} at ${label}:${line} waits ` +
    "without await, so each VU needs a thread; use http.asyncRequest for more VUs on one thread";
}
