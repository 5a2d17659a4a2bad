/** What a VU needs of the run around it; on a thread of its own, it gets there by messages. */
import {
  BUILTIN_METRICS,
  type BuiltinMetricName,
  type Metric,
  type MetricRegistry,
  type Tags,
  type TagSet,
} from "../metrics/metric.ts";
import type { RunOptions } from "../options/run_options.ts";
import type { PreparedRequests } from "../http/prepared_requests.ts";
import type { GroupNode, GroupTree } from "./group_tree.ts";

export type LogLevel = "debug" | "info" | "warning" | "error";

/** `exec.instance`. */
export interface InstanceFigures {
  iterations_interrupted: number;
  iterations_completed: number;
  vus_active: number;
  vus_initialized: number;
  test_run_duration_ms: number;
}

/** What changes of `exec.scenario` while it runs. */
export interface ScenarioFigures {
  /** Epoch milliseconds. */
  start_time_ms: number;
  /** 0–1. */
  progress: number;
}

/** The metrics every run has, by name. */
export type BuiltinMetrics = Readonly<Record<BuiltinMetricName, Metric>>;

export function builtinMetrics(registry: MetricRegistry): BuiltinMetrics {
  const names = Object.keys(BUILTIN_METRICS) as BuiltinMetricName[];
  return Object.fromEntries(names.map((name) => [name, registry.builtin(name)])) as BuiltinMetrics;
}

export interface VuWorld {
  readonly registry: MetricRegistry;
  readonly metrics: BuiltinMetrics;
  readonly groups: GroupTree;
  readonly requests: PreparedRequests;
  /** Tags of every sample. */
  readonly run_tags: TagSet;
  readonly has_group_tag: boolean;
  readonly has_check_tag: boolean;
  readonly has_scenario_tag: boolean;
  /** Null while the script is loaded for the first time, to read its options. */
  readonly options: RunOptions | null;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** What `now()` said last, for what follows it closely: looking at the clock costs. */
  recent_ms(): number;
  /** Unix time. */
  epoch_ms(): number;
  random(): number;
  add(metric: Metric, value: number, tags: Tags, time_ms: number): void;
  countCheck(group: GroupNode, name: string, passed: boolean): void;
  log(level: LogLevel, message: string): void;
  /** `exec.test.abort`. */
  abort(message: string): void;
  /** `exec.test.fail`. */
  fail(message: string): void;
  instance(): InstanceFigures;
  scenario(name: string): ScenarioFigures;
  /** @throws where there is no such file. */
  openText(url: string): string;
  openBytes(url: string): ArrayBuffer;
  /** The elements of a SharedArray; `make` is called once a name. */
  sharedArray(name: string, make: () => unknown): readonly unknown[];
  /** The script's file a stack names first. */
  callerOf(stack: string): string;
}
