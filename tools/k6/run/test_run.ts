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
import {
  describeError,
  Interrupted,
  isOfScript,
  NotSupported,
  ScriptError,
  TestAborted,
} from "../script/errors.ts";
import { ScriptLog } from "../script/script_log.ts";
import { buildSummaryData } from "../summary/summary.ts";
import { createVus } from "./create_vus.ts";
import { type LoadedTest, loadTest } from "./loading.ts";
import { nothingMeasured } from "./nothing_measured.ts";
import { SampleFiles } from "./sample_files.ts";
import { ScenarioPhase } from "./scenario_phase.ts";
import type { System } from "./system.ts";
import { type PooledVu, withTimeout } from "./pooled_vu.ts";
import { writeSummary } from "./write_summary.ts";

/** Runs a test from init to summary. Problems are logged to stderr. @returns The exit code. */
export async function runTest(invocation: Invocation, system: System): Promise<number> {
  const run = new TestRun(invocation, system);
  try {
    return await run.run();
  } catch (error) {
    return run.refuse(error);
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
  #vus: readonly PooledVu[] = [];
  /** Runs setup, teardown and handleSummary. */
  #first: PooledVu | null = null;
  #sweep: ReturnType<typeof setInterval> | undefined;
  #localize: (text: string) => string = (text) => text;
  /** A call was refused, which is logged once. */
  #is_refused = false;
  readonly #onUnhandled = (event: PromiseRejectionEvent | ErrorEvent) => {
    const error = event instanceof ErrorEvent ? event.error : event.reason;
    if (event instanceof ErrorEvent && !isOfScript(error)) return;
    event.preventDefault();
    this.#log.log("error", describeError(error, this.#localize));
  };

  constructor(private readonly invocation: Invocation, private readonly system: System) {
    this.#began_ms = system.now();
    this.#log = new ScriptLog({
      write: (text) => system.stderr(text),
      elapsed_ms: () => system.now() - this.#began_ms,
      verbose: invocation.verbose,
      is_terminal: system.is_stdout_tty && system.is_stderr_tty,
    });
    // Rejected promises that the script does not await, and errors in its timers.
    globalThis.addEventListener("unhandledrejection", this.#onUnhandled);
    globalThis.addEventListener("error", this.#onUnhandled);
  }

  async run(): Promise<number> {
    const test = await this.#load();
    void this.system.stop_requested.then(() => this.#stop(EXIT_CODES.external_abort));
    this.#localize = (text) => test.instantiator.localize(text);
    const { exports } = test;
    const { no_setup, no_teardown } = this.invocation;
    this.#openSamples(test);
    await this.#createVus(test);
    this.#sweep = setInterval(() => {
      const now_ms = this.system.now();
      this.#first?.expire(now_ms);
      for (const vu of this.#vus) vu.expire(now_ms);
    }, SWEEP_MS);

    const has_setup = typeof exports.setup === "function" && !no_setup;
    // A stop may come while VUs are created.
    let is_set_up = !has_setup, setup_json: string | undefined;
    if (has_setup && !this.#exit.is_decided) {
      const { setup_timeout_ms } = test.options;
      const result = await this.#call("setup", setup_timeout_ms, undefined);
      is_set_up = result.is_done;
      setup_json = result.value as string | undefined;
      for (const vu of this.#vus) vu.setData(setup_json);
    }
    let duration_ms = 0;
    if (is_set_up && !this.#exit.is_decided) duration_ms = await this.#runScenarios(test);
    if (is_set_up && typeof exports.teardown === "function" && !no_teardown) {
      const data = setup_json === undefined ? undefined : JSON.parse(setup_json);
      await this.#call("teardown", test.options.teardown_timeout_ms, data);
    }
    return await this.#finish(test, duration_ms, setup_json);
  }

  /** Logs why the test cannot start and returns the exit code; rethrows other errors. */
  refuse(error: unknown): number {
    const is_known = error instanceof ScriptError || error instanceof ConfigProblem;
    if (error instanceof TestAborted) return EXIT_CODES.script_aborted; // already logged
    if (!is_known) throw error;
    this.#log.log("error", error.message);
    return error.exit_code;
  }

  close(): void {
    globalThis.removeEventListener("unhandledrejection", this.#onUnhandled);
    globalThis.removeEventListener("error", this.#onUnhandled);
    clearInterval(this.#sweep);
    this.#first?.close();
    for (const vu of this.#vus) vu.close();
    this.#samples?.close();
    this.#log.close();
  }

  #load(): Promise<LoadedTest> {
    const { now, epoch_origin_ms, random } = this.system;
    return loadTest(this.invocation, this.system, {
      now,
      epoch_origin_ms,
      random,
      log: (level, message, is_printed) => this.#log.log(level, message, is_printed),
      abort: (message) => {
        if (!this.#exit.is_decided) this.#log.log("error", message);
        this.#stop(EXIT_CODES.script_aborted);
      },
      fail: (message) => {
        this.#exit.markFailed();
        this.#log.log("error", `The script marked the test as failed: ${message}`);
      },
      refuse: (message) => this.#refuseCall(message),
      instance: () => ({
        iterations_interrupted: this.#phase?.sum("iterations_interrupted") ?? 0,
        iterations_completed: this.#phase?.sum("iterations_completed") ?? 0,
        vus_active: this.#phase?.sum("vus_active") ?? 0,
        vus_initialized: this.#vus.length,
        test_run_duration_ms: this.#phase?.elapsed_ms ?? 0,
      }),
      scenario: (name) => this.#phase!.figures(name),
    });
  }

  /** @throws {ConfigProblem} A file cannot be opened. */
  #openSamples({ options, world, engine }: LoadedTest): void {
    const thresholds = Object.fromEntries(
      Object.entries(options.thresholds).map(([metric, list]) => [
        metric,
        list.map((one) => typeof one === "string" ? one : one.threshold),
      ]),
    );
    this.#samples = new SampleFiles(
      this.invocation.json_outputs,
      thresholds,
      this.system.openForWriting,
      (message) => this.#log.log("error", message),
    );
    if (!this.#samples.is_empty) {
      world.is_exact = true;
      engine.onSample = this.#samples.add;
    }
  }

  /**
   * @throws {ConfigProblem} The VUs need too many threads.
   * @throws {ScriptError} The script does not load in a VU.
   */
  async #createVus(test: LoadedTest): Promise<void> {
    const vus: PooledVu[] = [];
    try {
      await createVus(test, this.system, (vu) => vus.push(vu));
    } catch (error) {
      if (error instanceof ConfigProblem) throw error;
      throw new ScriptError(describeError(error, this.#localize));
    } finally {
      this.#first = vus.shift() ?? null;
      this.#vus = vus;
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
      } else if (error instanceof NotSupported) {
        this.#refuseCall(describeError(error, this.#localize));
      } else if (!(error instanceof TestAborted || error instanceof Interrupted)) {
        this.#exit.decide(EXIT_CODES.script_exception);
        this.#log.log("error", `${name}: ${describeError(error, this.#localize)}`);
      }
      return { is_done: false };
    }
  }

  async #runScenarios(test: LoadedTest): Promise<number> {
    const phase = new ScenarioPhase(test, this.#vus, this.invocation, this.system);
    this.#phase = phase;
    try {
      await phase.run(() => this.#stop(EXIT_CODES.thresholds_failed));
    } catch (error) {
      this.#exit.decide(EXIT_CODES.script_exception);
      this.#log.log("error", describeError(error, this.#localize));
    }
    // Deno reports unhandled rejections in the next turn.
    await new Promise((resolve) => void setImmediate(resolve));
    return phase.elapsed_ms;
  }

  /** A call that the runner cannot carry ends the run; the script may catch its error. */
  #refuseCall(message: string): void {
    if (!this.#is_refused) this.#log.log("error", message);
    this.#is_refused = true;
    this.#stop(EXIT_CODES.script_exception);
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
    const isEmpty = (name: string) => engine.isEmpty(world.registry.find(name)!);
    const nothing = nothingMeasured({
      iterations_completed: this.#phase?.sum("iterations_completed") ?? 0,
      iterations_thrown: world.iterations_thrown,
      requests_unsent: world.requests_unsent,
      has_requests: !isEmpty("http_reqs"),
      has_checks: !isEmpty("checks"),
    });
    if (nothing !== null && !this.#exit.is_decided) this.#log.log("error", nothing);
    const { failed } = engine.evaluate(duration_ms);
    if (failed.length > 0) {
      const labels = [...new Set(failed.map(({ threshold }) => threshold.metric_label))];
      this.#log.log("error", `Thresholds failed on ${labels.join(", ")}`);
    }
    const unknown = failed.filter(({ no_samples }) => no_samples);
    if (unknown.length > 0) {
      const labels = [...new Set(unknown.map(({ threshold }) => threshold.metric_label))];
      this.#log.log(
        "error",
        `Thresholds without samples fail: ${labels.join(", ")}; if that may happen, remove them, ` +
          "use a Counter (0 without samples) or run with --no-thresholds",
      );
    }
    return this.#exit.exitCode(failed.length === 0);
  }
}
