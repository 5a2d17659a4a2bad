/** What the main thread and a VU's thread tell each other. */
import type { Exchange, ExchangeRequest } from "../http/exchange.ts";
import type { MetricKind, Tags } from "../metrics/metric.ts";
import type { RunOptions } from "../options/run_options.ts";
import type { ModuleGraph } from "../script/module_graph.ts";
import type { Phase } from "../script/vu.ts";
import type { InstanceFigures, LogLevel, ScenarioFigures } from "../script/vu_world.ts";

export interface ThreadStart {
  readonly kind: "start";
  readonly id: number;
  readonly graph: ModuleGraph;
  readonly options: RunOptions;
  readonly env: Record<string, string>;
  readonly mailbox: SharedArrayBuffer;
  /** Unix time at which the run's clock was 0. */
  readonly epoch_origin_ms: number;
}

export type ToThread =
  | ThreadStart
  | { readonly kind: "data"; readonly json: string | undefined }
  | {
    readonly kind: "iterate";
    /** Numbers what the thread is told to run, from 1. */
    readonly run: number;
    readonly scenario: string;
    readonly in_scenario: number;
  }
  | {
    readonly kind: "call";
    readonly run: number;
    readonly name: string;
    readonly phase: Phase;
    readonly argument: unknown;
  }
  | { readonly kind: "exchanged"; readonly id: number; readonly exchange: Exchange }
  | { readonly kind: "interrupt" };

/** Samples since the last handover, with the metrics and tags that are new among them. */
export interface SampleBatch {
  readonly metrics:
    readonly (readonly [id: number, name: string, kind: MetricKind, is_time: boolean])[];
  readonly tags: readonly (readonly [id: number, tags: Tags])[];
  /** Metric, tags, value, time; again and again. */
  readonly samples: Float64Array;
  readonly checks: readonly (readonly [
    group_path: string,
    name: string,
    passes: number,
    fails: number,
  ])[];
}

/** A question the thread blocks for. */
export type Question =
  | { readonly about: "instance" }
  | { readonly about: "scenario"; readonly name: string };

export type Reply = InstanceFigures | ScenarioFigures;

export type FromThread =
  | { readonly kind: "loaded" }
  | { readonly kind: "not_loaded"; readonly message: string }
  | {
    readonly kind: "iterated";
    readonly run: number;
    readonly is_complete: boolean;
    /** Null where there is nothing to hand over. */
    readonly batch: SampleBatch | null;
  }
  | { readonly kind: "called"; readonly run: number; readonly value: unknown }
  | {
    readonly kind: "call_failed";
    readonly run: number;
    readonly message: string;
    readonly is_abort: boolean;
  }
  | { readonly kind: "exchange"; readonly id: number; readonly request: ExchangeRequest }
  | {
    readonly kind: "exchange_blocking";
    readonly call: number;
    readonly requests: readonly ExchangeRequest[];
  }
  | { readonly kind: "ask"; readonly call: number; readonly question: Question }
  | { readonly kind: "samples"; readonly batch: SampleBatch }
  | { readonly kind: "log"; readonly level: LogLevel; readonly message: string }
  | { readonly kind: "abort"; readonly message: string }
  | { readonly kind: "fail"; readonly message: string };
