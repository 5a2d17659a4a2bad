/** A whole run: init, setup, scenarios, teardown, summary, exit code. */
import { setImmediate } from "node:timers";
import { ConfigProblem, EXIT_CODES, Verdict } from "../exit_codes.ts";
import { peakVus } from "../options/scenario.ts";
import type { Invocation } from "../command_line.ts";
import { SWEEP_MS } from "../http/limits.ts";
import type { ConnectionSettings } from "../http/vu_connections.ts";
import { describeError } from "../script/describe_error.ts";
import { Interrupted } from "../script/interrupted.ts";
import { ScriptError } from "../script/script_error.ts";
import { ScriptLog } from "../script/script_log.ts";
import { TestAborted } from "../script/test_aborted.ts";
import type { Phase } from "../script/vu.ts";
import { buildSummaryData } from "../summary/summary.ts";
import { THREAD_VUS_MAX } from "../sync/limits.ts";
import { type LoadedTest, loadTest } from "./loading.ts";
import { createLocalVu, createRateLimit } from "./create_vus.ts";
import type { Outside } from "./system.ts";
import { SampleFiles } from "./sample_output.ts";
import { ScenarioCourse } from "./scenario_phase.ts";
import { createThreadVu } from "./thread_vu.ts";
import { type PooledVu, VuPool, withTimeout } from "./vu_pool.ts";
import { writeSummary } from "./write_summary.ts";

/** @returns the exit code; what went wrong has been told on stderr by then. */
export async function runTest(invocation: Invocation, outside: Outside): Promise<number> {
  const run = new TestRun(invocation, outside);
  try {
    return await run.run();
  } finally {
    run.close();
  }
}

class TestRun {
  readonly #invocation: Invocation;
  readonly #outside: Outside;
  readonly #began_ms: number;
  readonly #verdict = new Verdict();
  readonly #log: ScriptLog;
  #samples: SampleFiles | null = null;
  #course: ScenarioCourse | null = null;
  #pool = new VuPool([]);
  /** Runs setup, teardown and handleSummary. */
  #first: PooledVu | null = null;
  #sweep: ReturnType<typeof setInterval> | undefined;
  #localize: (text: string) => string = (text) => text;
  readonly #onUnhandled = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    this.#log.log("error", describeError(event.reason, this.#localize));
  };

  constructor(invocation: Invocation, outside: Outside) {
    this.#invocation = invocation;
    this.#outside = outside;
    this.#began_ms = outside.now();
    this.#log = new ScriptLog({
      write: (text) => outside.stderr(text),
      elapsed_ms: () => outside.now() - this.#began_ms,
      verbose: invocation.verbose,
    });
    // A promise of the script that nobody awaits.
    globalThis.addEventListener("unhandledrejection", this.#onUnhandled);
  }

  async run(): Promise<number> {
    const test = await this.#load();
    if (typeof test === "number") return test;
    void this.#outside.stop_requested.then(() => this.#stop(EXIT_CODES.external_abort));
    this.#localize = (text) => test.instantiator.localize(text);
    const { exports } = test;
    const { no_setup, no_teardown } = this.#invocation;
    const refusal = this.#openSamples(test) ?? await this.#createVus(test);
    if (refusal !== null) return refusal;
    this.#sweep = setInterval(() => {
      const now_ms = this.#outside.now();
      this.#first?.expire(now_ms);
      this.#pool.expire(now_ms);
    }, SWEEP_MS);

    const has_setup = typeof exports.setup === "function" && !no_setup;
    // A stop may have been asked for while the VUs were made.
    let is_set_up = !has_setup, setup_json: string | undefined;
    if (has_setup && !this.#verdict.is_decided) {
      const { setup_timeout_ms } = test.options;
      const result = await this.#call("setup", "setup", setup_timeout_ms, undefined);
      is_set_up = result.is_done;
      setup_json = result.value === undefined ? undefined : JSON.stringify(result.value);
      this.#pool.setData(setup_json);
    }
    let duration_ms = 0;
    if (is_set_up && !this.#verdict.is_decided) duration_ms = await this.#runScenarios(test);
    if (is_set_up && typeof exports.teardown === "function" && !no_teardown) {
      const data = setup_json === undefined ? undefined : JSON.parse(setup_json);
      await this.#call("teardown", "teardown", test.options.teardown_timeout_ms, data);
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

  /** The exit code where there is nothing to run. */
  async #load(): Promise<LoadedTest | number> {
    const { now, epoch_origin_ms, random } = this.#outside;
    try {
      return await loadTest(this.#invocation, this.#outside, {
        now,
        epoch_origin_ms,
        random,
        log: (level, message) => this.#log.log(level, message),
        onAbort: () => this.#stop(EXIT_CODES.script_aborted),
        onFail: (message) => {
          this.#verdict.markFailed();
          this.#log.log("error", `The script marked the test as failed: ${message}`);
        },
        instance: () => ({
          iterations_interrupted: this.#course?.sum("iterations_interrupted") ?? 0,
          iterations_completed: this.#course?.sum("iterations_completed") ?? 0,
          vus_active: this.#course?.sum("vus_active") ?? 0,
          vus_initialized: this.#pool.all.length,
          test_run_duration_ms: this.#course?.elapsed_ms ?? 0,
        }),
        scenario: (name) => this.#course!.figures(name),
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

  /** The exit code where they cannot be opened. */
  #openSamples({ options, world, engine }: LoadedTest): number | null {
    const thresholds = Object.fromEntries(
      Object.entries(options.thresholds).map(([metric, list]) => [
        metric,
        list.map((one) => typeof one === "string" ? one : one.threshold),
      ]),
    );
    try {
      this.#samples = new SampleFiles(
        this.#invocation.json_outputs,
        thresholds,
        this.#outside.openForWriting,
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

  /** The exit code where they cannot be made. */
  async #createVus(test: LoadedTest): Promise<number | null> {
    const { options } = test;
    const settings: ConnectionSettings = {
      hosts: options.merged.hosts ?? {},
      block_hostnames: options.merged.blockHostnames ?? [],
      no_reuse: options.no_connection_reuse,
      admit: createRateLimit(
        options.rps,
        this.#outside.now,
        (duration_ms) => new Promise((wake) => setTimeout(wake, duration_ms)),
      ),
    };
    const { epoch_origin_ms } = this.#outside;
    const create = (id: number) =>
      test.graph.blocking === null
        ? createLocalVu(id, test, settings)
        : createThreadVu(id, test, settings, epoch_origin_ms);
    const count = peakVus(options.scenarios);
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

  /** `setup` or `teardown`. */
  async #call(
    name: "setup" | "teardown",
    phase: Phase,
    timeout_ms: number,
    argument: unknown,
  ): Promise<{ is_done: boolean; value?: unknown }> {
    const vu = this.#first!;
    let timed_out = false;
    try {
      const value = await withTimeout(vu.call(name, phase, argument), timeout_ms, () => {
        timed_out = true;
        vu.interrupt();
      });
      return { is_done: true, value };
    } catch (error) {
      if (timed_out) {
        this.#verdict.decide(EXIT_CODES[`${name}_timeout`]);
        this.#log.log("error", `${name}: took longer than ${name}Timeout, ${timeout_ms} ms`);
      } else if (!(error instanceof TestAborted || error instanceof Interrupted)) {
        this.#verdict.decide(EXIT_CODES.script_exception);
        this.#log.log("error", `${name}: ${describeError(error, this.#localize)}`);
      }
      return { is_done: false };
    }
  }

  async #runScenarios(test: LoadedTest): Promise<number> {
    const course = new ScenarioCourse(test, this.#pool, this.#invocation, this.#outside);
    this.#course = course;
    try {
      await course.run(() => this.#stop(EXIT_CODES.thresholds_failed));
    } catch (error) {
      this.#verdict.decide(EXIT_CODES.script_exception);
      this.#log.log("error", describeError(error, this.#localize));
    }
    // Promises that nobody awaits are told of only now.
    await new Promise((resolve) => void setImmediate(resolve));
    return course.elapsed_ms;
  }

  /** Ends what runs; teardown and summary still come. */
  #stop(exit_code: number): void {
    this.#verdict.decide(exit_code);
    if (this.#course === null) this.#first?.interrupt();
    else this.#course.abort();
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
      no_color: !this.#invocation.color,
      is_stdout_tty: this.#outside.is_stdout_tty,
      is_stderr_tty: this.#outside.is_stderr_tty,
      setup_data: setup_json === undefined ? undefined : JSON.parse(setup_json),
    });
    const problem = await writeSummary(data, this.#first!, test, this.#invocation, this.#outside);
    if (problem !== null) this.#verdict.decide(problem);
    this.#samples!.flush();
    if (this.#samples!.has_failed) this.#verdict.decide(EXIT_CODES.other_error);
    const { failed } = engine.evaluate(duration_ms);
    if (failed.length > 0) {
      const labels = [...new Set(failed.map(({ threshold }) => threshold.metric_label))];
      this.#log.log("error", `Thresholds that do not hold are on ${labels.join(", ")}`);
    }
    return this.#verdict.exitCode(failed.length === 0);
  }
}

function tooManyThreads(
  { call, label, line }: NonNullable<LoadedTest["graph"]["blocking"]>,
  vus: number,
): string {
  return `vus: must be at most ${THREAD_VUS_MAX}, got ${vus}: ${call} at ${label}:${line} waits ` +
    "without await, so each VU needs a thread; use http.asyncRequest for more VUs on one thread";
}
