/** The run as a VU on its own thread sees it. */
import type { PreparedRequests } from "../http/prepared_requests.ts";
import { type Metric, MetricRegistry, type Tags, TagSet } from "../metrics/metric.ts";
import type { RunOptions } from "../options/run_options.ts";
import { type GroupNode, GroupTree } from "../script/group_tree.ts";
import { makeRequests } from "../script/run_world.ts";
import type { ScriptFiles } from "../script/script_files.ts";
import { SharedArrays } from "../script/shared_arrays.ts";
import {
  builtinMetrics,
  type InstanceFigures,
  type LogLevel,
  type ScenarioFigures,
  type VuWorld,
} from "../script/vu_world.ts";
import type { FromThread, Question, Reply, ThreadStart } from "./messages.ts";
import { SampleBatcher } from "./sample_batcher.ts";

export interface ThreadGround {
  /** Milliseconds of the run's clock. */
  now(): number;
  random(): number;
  post(message: FromThread): void;
  /** Blocks until the main thread has answered. */
  ask(question: Question): Reply;
}

export class ThreadWorld implements VuWorld {
  readonly registry = new MetricRegistry();
  readonly metrics = builtinMetrics(this.registry);
  readonly groups = new GroupTree();
  readonly requests: PreparedRequests;
  readonly run_tags: TagSet;
  readonly has_group_tag: boolean;
  readonly has_check_tag: boolean;
  readonly has_scenario_tag: boolean;
  readonly options: RunOptions;
  readonly batcher: SampleBatcher;
  readonly #epoch_origin_ms: number;
  readonly #ground: ThreadGround;
  readonly #files: ScriptFiles;
  readonly #arrays = new SharedArrays();

  constructor({ options, epoch_origin_ms }: ThreadStart, ground: ThreadGround, files: ScriptFiles) {
    this.options = options;
    this.#epoch_origin_ms = epoch_origin_ms;
    this.#ground = ground;
    this.#files = files;
    const system_tags = new Set<string>(options.system_tags);
    this.has_group_tag = system_tags.has("group");
    this.has_check_tag = system_tags.has("check");
    this.has_scenario_tag = system_tags.has("scenario");
    this.run_tags = TagSet.EMPTY.withAll(options.tags);
    this.requests = makeRequests(options, () => ground.random());
    this.batcher = new SampleBatcher((batch) => ground.post({ kind: "samples", batch }));
  }

  now(): number {
    return this.#ground.now();
  }

  recent_ms(): number {
    return this.now();
  }

  epoch_ms(): number {
    return this.#epoch_origin_ms + this.#ground.now();
  }

  random(): number {
    return this.#ground.random();
  }

  add(metric: Metric, value: number, tags: Tags, time_ms: number): void {
    this.batcher.add(metric, value, tags, time_ms);
  }

  countCheck(group: GroupNode, name: string, passed: boolean): void {
    this.groups.check(group, name); // refuses a name that cannot be
    this.batcher.countCheck(group.path, name, passed);
  }

  log(level: LogLevel, message: string): void {
    this.#ground.post({ kind: "log", level, message });
  }

  abort(message: string): void {
    this.#ground.post({ kind: "abort", message });
  }

  fail(message: string): void {
    this.#ground.post({ kind: "fail", message });
  }

  instance(): InstanceFigures {
    return this.#ground.ask({ about: "instance" }) as InstanceFigures;
  }

  scenario(name: string): ScenarioFigures {
    return this.#ground.ask({ about: "scenario", name }) as ScenarioFigures;
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
