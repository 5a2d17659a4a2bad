/** The run as the VUs on the main thread see it. */
import { type Metric, MetricRegistry, type Tags, TagSet } from "../metrics/metric.ts";
import { type RunOptions, SYSTEM_TAGS_DEFAULT } from "../options/run_options.ts";
import { parseDuration } from "../duration.ts";
import { PreparedRequests } from "../http/prepared_requests.ts";
import { MetricEngine } from "../metrics/engine.ts";
import { type GroupNode, GroupTree } from "./group_tree.ts";
import type { ScriptFiles } from "./script_files.ts";
import { SharedArrays } from "./shared_arrays.ts";
import {
  builtinMetrics,
  type InstanceFigures,
  type LogLevel,
  type ScenarioFigures,
  type VuWorld,
} from "./vu_world.ts";

/** What User-Agent says where the options do not. */
export const USER_AGENT = "k6-compatible-runner/1.0";

/** Time, randomness and whoever hears of what the script does. */
export interface RunGround {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Unix time at `now() === 0`. */
  readonly epoch_origin_ms: number;
  random(): number;
  log(level: LogLevel, message: string): void;
  onAbort(message: string): void;
  onFail(message: string): void;
  instance(): InstanceFigures;
  scenario(name: string): ScenarioFigures;
}

export class RunWorld implements VuWorld {
  readonly registry = new MetricRegistry();
  readonly metrics = builtinMetrics(this.registry);
  readonly groups = new GroupTree();
  requests: PreparedRequests;
  run_tags = TagSet.EMPTY;
  has_group_tag = true;
  has_check_tag = true;
  has_scenario_tag = true;
  options: RunOptions | null = null;
  /** Null until the options are known. */
  engine: MetricEngine | null = null;
  /** Whether samples' times are of interest. */
  is_exact = false;
  #recent_ms = 0;
  readonly #ground: RunGround;
  readonly #files: ScriptFiles;
  readonly #arrays = new SharedArrays();

  constructor(ground: RunGround, files: ScriptFiles) {
    this.#ground = ground;
    this.#files = files;
    this.requests = makeRequests(null, ground.random);
  }

  /** From here on samples count. */
  start(options: RunOptions, engine: MetricEngine): void {
    this.options = options;
    this.engine = engine;
    const system_tags = new Set<string>(options.system_tags);
    this.has_group_tag = system_tags.has("group");
    this.has_check_tag = system_tags.has("check");
    this.has_scenario_tag = system_tags.has("scenario");
    this.run_tags = TagSet.EMPTY.withAll(options.tags);
    this.requests = makeRequests(options, this.#ground.random);
  }

  now(): number {
    return this.#recent_ms = this.#ground.now();
  }

  /** When the clock was last looked at, which each iteration does. */
  recent_ms(): number {
    return this.#recent_ms;
  }

  /** Of the last look at the clock unless samples are written: looking costs more than adding. */
  epoch_ms(): number {
    return this.#ground.epoch_origin_ms + (this.is_exact ? this.now() : this.#recent_ms);
  }

  random(): number {
    return this.#ground.random();
  }

  add(metric: Metric, value: number, tags: Tags, time_ms: number): void {
    this.engine!.add(metric, value, tags, time_ms);
  }

  countCheck(group: GroupNode, name: string, passed: boolean): void {
    const count = this.groups.check(group, name);
    if (passed) count.passes++;
    else count.fails++;
  }

  log(level: LogLevel, message: string): void {
    this.#ground.log(level, message);
  }

  abort(message: string): void {
    this.#ground.onAbort(message);
  }

  fail(message: string): void {
    this.#ground.onFail(message);
  }

  instance(): InstanceFigures {
    return this.#ground.instance();
  }

  scenario(name: string): ScenarioFigures {
    return this.#ground.scenario(name);
  }

  openText(url: string): string {
    return this.#files.text(url);
  }

  openBytes(url: string): ArrayBuffer {
    return this.#files.bytes(url);
  }

  sharedArray(name: string, make: () => unknown): readonly unknown[] {
    return this.#arrays.get(name, make);
  }

  callerOf(stack: string): string {
    return this.#files.callerOf(stack);
  }
}

/** Requests prepared as the options have it. */
export function makeRequests(options: RunOptions | null, random: () => number): PreparedRequests {
  return new PreparedRequests({
    user_agent: options?.user_agent ?? USER_AGENT,
    max_redirects: options?.max_redirects ?? 10,
    discard_response_bodies: options?.discard_response_bodies ?? false,
    throws: options?.throws ?? false,
    system_tags: new Set(options?.system_tags ?? SYSTEM_TAGS_DEFAULT),
    parseTimeout: (timeout) => {
      try {
        return parseDuration(timeout);
      } catch (error) {
        throw new TypeError(`timeout: ${(error as Error).message}, got ${JSON.stringify(timeout)}`);
      }
    },
    boundary: () =>
      Array.from({ length: 30 }, () => Math.trunc(random() * 16).toString(16)).join(""),
  });
}
