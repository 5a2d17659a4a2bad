/** The run as its VUs see it. */
import type { MetricEngine } from "../metrics/engine.ts";
import { RequestFactory } from "../http/request_factory.ts";
import {
  BUILTIN_METRICS,
  type BuiltinMetricName,
  type Metric,
  MetricRegistry,
  type Tags,
  TagSet,
} from "../metrics/metric.ts";
import type { RunOptions } from "../options/run_options.ts";
import { type GroupNode, GroupTree } from "./group_tree.ts";
import type { ScriptFiles } from "./script_files.ts";

export type LogLevel = "debug" | "info" | "warning" | "error";

/** `exec.instance`. */
export interface InstanceFigures {
  iterations_interrupted: number;
  iterations_completed: number;
  vus_active: number;
  vus_initialized: number;
  test_run_duration_ms: number;
}

/** The part of `exec.scenario` that changes while it runs. */
export interface ScenarioFigures {
  /** Epoch milliseconds. */
  start_time_ms: number;
  /** 0–1. */
  progress: number;
}

/** Clock, randomness and messages of a run. */
export interface RunHost {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Unix time at `now() === 0`. */
  readonly epoch_origin_ms: number;
  random(): number;
  /** @param is_printed The script prints the message by `console`. */
  log(level: LogLevel, message: string, is_printed?: boolean): void;
  /** `exec.test.abort`. */
  abort(message: string): void;
  /** `exec.test.fail`. */
  fail(message: string): void;
  /** Ends the run, because the runner cannot carry a call; only the first message is logged. */
  refuse(message: string): void;
  instance(): InstanceFigures;
  scenario(name: string): ScenarioFigures;
}

/** The world of VUs on the main thread ({@link RunWorld}) and of a VU on its own thread. */
export abstract class VuWorld {
  readonly registry = new MetricRegistry();
  /** The metrics every run has, by name. */
  readonly metrics: Readonly<Record<BuiltinMetricName, Metric>>;
  readonly groups = new GroupTree();
  /** Null while the script is loaded for the first time, to read its options. */
  options: RunOptions | null = null;
  requests: RequestFactory;
  /** Tags of every sample. */
  run_tags = TagSet.EMPTY;
  has_group_tag = true;
  has_check_tag = true;
  has_scenario_tag = true;

  constructor(readonly host: RunHost, readonly files: ScriptFiles) {
    const names = Object.keys(BUILTIN_METRICS) as BuiltinMetricName[];
    this.metrics = Object.fromEntries(
      names.map((name) => [name, this.registry.builtin(name)]),
    ) as VuWorld["metrics"];
    this.requests = new RequestFactory({}, this.#bodyHost());
  }

  setOptions(options: RunOptions): void {
    this.options = options;
    const system_tags = new Set<string>(options.system_tags);
    this.has_group_tag = system_tags.has("group");
    this.has_check_tag = system_tags.has("check");
    this.has_scenario_tag = system_tags.has("scenario");
    this.run_tags = TagSet.EMPTY.withAll(options.tags);
    this.requests = new RequestFactory(options, this.#bodyHost());
  }

  abstract add(metric: Metric, value: number, tags: Tags, time_ms: number): void;
  abstract countCheck(group: GroupNode, name: string, passed: boolean): void;
  /** Counts an iteration that ended with an exception. */
  abstract countThrown(): void;
  /** Counts a request that was not sent, because its URL is invalid. */
  abstract countUnsent(): void;

  now(): number {
    return this.host.now();
  }

  /** The latest result of `now()`, or nearly so, for code that runs right after it. */
  recent_ms(): number {
    return this.now();
  }

  /** Unix time. */
  epoch_ms(): number {
    return this.host.epoch_origin_ms + this.now();
  }

  log(level: LogLevel, message: string): void {
    this.host.log(level, message);
  }

  /** A line of the script's `console`. */
  print(level: LogLevel, message: string): void {
    this.host.log(level, message, true);
  }

  #bodyHost() {
    const { host } = this;
    return { random: host.random, warn: (message: string) => host.log("warning", message) };
  }
}

/** The run as the VUs on the main thread see it. */
export class RunWorld extends VuWorld {
  /** Null until the options are known; then samples count. */
  engine: MetricEngine | null = null;
  /** Samples are written with their times, so each reads the clock. */
  is_exact = false;
  /** Iterations that ended with an exception. */
  iterations_thrown = 0;
  /** Requests with invalid URLs. */
  requests_unsent = 0;
  #recent_ms = 0;

  override now(): number {
    return this.#recent_ms = this.host.now();
  }

  /** The time of the latest `now()`, which each iteration calls. */
  override recent_ms(): number {
    return this.#recent_ms;
  }

  /** Reading the clock costs more than adding a sample. */
  override epoch_ms(): number {
    return this.host.epoch_origin_ms + (this.is_exact ? this.now() : this.#recent_ms);
  }

  add(metric: Metric, value: number, tags: Tags, time_ms: number): void {
    this.engine!.add(metric, value, tags, time_ms);
  }

  countCheck(group: GroupNode, name: string, passed: boolean): void {
    const count = this.groups.check(group, name);
    if (passed) count.passes++;
    else count.fails++;
  }

  countThrown(): void {
    this.iterations_thrown++;
  }

  countUnsent(): void {
    this.requests_unsent++;
  }
}
